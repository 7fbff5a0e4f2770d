"""Addresses of this floor, all below /<program>/."""

from django.urls import URLPattern, path

from coupons.views import family

urlpatterns: list[URLPattern] = [
    path("family/", family.family_page, name="family"),
    path("family/coupons/<int:coupon_id>/code/", family.family_code_page, name="family-code"),
]
