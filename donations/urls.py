"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from donations.views import donor, donor_receipts, office_receipts, stripe

urlpatterns = [
    path("", donor.program_home, name="program-home"),
    path("campaigns/<int:campaign_id>/", donor.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/give/", donor.give_page, name="give"),
    path("gifts/<uuid:reference>/", donor.gift_page, name="gift"),
    path("my/", donor.my_gifts, name="my"),
    path("webhooks/stripe/<uuid:endpoint>/", stripe.stripe_webhook, name="stripe-webhook"),
    path("gifts/<uuid:reference>/receipt/", donor_receipts.ask_page, name="receipt-ask"),
    path("receipts/check/", donor_receipts.check_page, name="receipt-check"),
    path("my/receipts/", donor_receipts.my_receipts, name="my-receipts"),
    path("my/receipts/<int:receipt_id>/", donor_receipts.my_receipt_paper, name="my-receipt"),
    path(
        "my/receipts/<int:organisation_id>/<int:year>/", donor_receipts.ask_year_page, name="my-receipt-year"
    ),
    path("office/receipts/", office_receipts.receipts_page, name="office-receipts"),
    path("office/receipts/donors/", office_receipts.donors_page, name="office-donors"),
    path(
        "office/receipts/organisations/<int:organisation_id>/",
        office_receipts.settings_page,
        name="office-receipt-settings",
    ),
    path(
        "office/receipts/organisations/<int:organisation_id>/sample/",
        office_receipts.sample_paper,
        name="office-receipt-sample",
    ),
    path(
        "office/receipts/organisations/<int:organisation_id>/<int:year>/",
        office_receipts.issue_page,
        name="office-receipts-issue",
    ),
    path("office/receipts/<int:receipt_id>/", office_receipts.receipt_page, name="office-receipt"),
    path(
        "office/receipts/<int:receipt_id>/papers/<int:copy>/",
        office_receipts.receipt_paper,
        name="office-receipt-paper",
    ),
    path(
        "office/receipts/<int:receipt_id>/cancel/", office_receipts.cancel_page, name="office-receipt-cancel"
    ),
]
