"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from metrics import views

urlpatterns = [
    path("city/", views.dashboard, name="city"),
    path("my/gifts/<uuid:reference>/", views.gift_story, name="gift-story"),
    path("campaigns/<int:campaign_id>/story/", views.fund_story, name="fund-story"),
]
