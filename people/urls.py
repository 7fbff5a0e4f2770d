"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from people import views

urlpatterns = [path("invitation/<str:token>/", views.invitation_page, name="invitation")]
