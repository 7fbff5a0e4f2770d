"""Addresses of this floor, all below /<program>/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
