"""Addresses of this floor, all below /<program>/."""

from django.urls import URLPattern, path

from coupons.views import family, office, year_rules

urlpatterns: list[URLPattern] = [
    path("family/", family.family_page, name="family"),
    path("family/coupons/<int:coupon_id>/code/", family.family_code_page, name="family-code"),
    path("office/coupons/", office.office_page, name="office-coupons"),
    path("office/coupons/check/", office.check_page, name="office-coupons-check"),
    path("office/coupons/issue/", office.issue_act, name="office-coupons-issue"),
    path("office/coupons/issued/", office.issued_page, name="office-coupons-issued"),
    path("office/years/<int:year_id>/rules/", year_rules.year_rules_page, name="office-year-rules"),
    path("office/coupons/<int:coupon_id>/", office.coupon_page, name="office-coupon"),
    path("office/uses/<int:redemption_id>/reverse/", office.reverse_page, name="office-use-reverse"),
]
