"""Addresses of this floor, all below /<program>/."""

from django.urls import URLPattern, path

from families import views

urlpatterns: list[URLPattern] = [
    path("office/families/", views.families_page, name="office-families"),
    path("office/families/new/", views.new_family_page, name="office-family-new"),
    path("office/families/<int:application_id>/", views.family_page, name="office-family"),
    path("office/families/<int:application_id>/name/", views.family_name_page, name="office-family-name"),
    path("office/families/<int:application_id>/approve/", views.approve_family, name="office-family-approve"),
    path("office/families/<int:application_id>/decline/", views.decline_family, name="office-family-decline"),
]
