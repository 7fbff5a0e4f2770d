"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from donations.views import after, donor, stripe

urlpatterns = [
    path("", donor.program_home, name="program-home"),
    path("campaigns/<int:campaign_id>/", donor.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/give/", donor.give_page, name="give"),
    path("gifts/<uuid:reference>/", donor.gift_page, name="gift"),
    path("my/", donor.my_gifts, name="my"),
    path("webhooks/stripe/<uuid:endpoint>/", stripe.stripe_webhook, name="stripe-webhook"),
    # Money after a gift
    path("office/gifts/", after.gifts_page, name="office-gifts"),
    path("office/gifts/<int:gift_id>/", after.gift_page, name="office-gift"),
    path("office/gifts/<int:gift_id>/refund/", after.refund_page, name="office-gift-refund"),
    path("office/questions/", after.questions_page, name="office-questions"),
    path("office/questions/<int:finding_id>/", after.question_page, name="office-question"),
    path("office/stripe/", after.stripe_page, name="office-stripe"),
    path("office/stripe/reconcile/", after.reconcile_page, name="office-stripe-reconcile"),
]
