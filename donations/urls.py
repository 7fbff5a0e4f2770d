"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from donations import views

urlpatterns = [
    path("", views.program_home, name="program-home"),
    path("campaigns/<int:campaign_id>/", views.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/give/", views.give_page, name="give"),
    path("gifts/<uuid:reference>/", views.gift_page, name="gift"),
    path("my/", views.my_gifts, name="my"),
    path("webhooks/stripe/<uuid:endpoint>/", views.stripe_webhook, name="stripe-webhook"),
]
