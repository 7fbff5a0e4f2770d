"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from metrics import views

urlpatterns = [path("city/", views.dashboard, name="city")]
