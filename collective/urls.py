"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from collective import views

urlpatterns = [
    path("office/", views.home, name="office"),
    path("office/people/", views.people, name="office-people"),
    path("office/people/<int:membership_id>/end/", views.end_membership, name="office-people-end"),
]
