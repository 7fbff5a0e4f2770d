"""Addresses of this floor, all below /<program>/."""

from django.urls import URLPattern, path

from outbox import views

urlpatterns: list[URLPattern] = [
    path("office/jobs/<int:job_id>/", views.job_page, name="job"),
]
