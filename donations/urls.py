"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from donations.views import donor, stripe

urlpatterns = [
    path("", donor.program_home, name="program-home"),
    path("campaigns/<int:campaign_id>/", donor.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/give/", donor.give_page, name="give"),
    path("gifts/<uuid:reference>/", donor.gift_page, name="gift"),
    path("my/", donor.my_gifts, name="my"),
    path("webhooks/stripe/<uuid:endpoint>/", stripe.stripe_webhook, name="stripe-webhook"),
]
