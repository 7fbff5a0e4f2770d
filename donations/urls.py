"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from donations.views import (
    after,
    bank,
    donor,
    donor_receipts,
    money,
    office_campaigns,
    office_news,
    office_receipts,
    stop_updates,
    stripe,
)

_ONE = "office/campaigns/<int:campaign_id>/"
office_campaign_paths = [
    path("office/campaigns/", office_campaigns.list_page, name="office-campaigns"),
    path("office/campaigns/new/", office_campaigns.edit_page, name="office-campaign-new"),
    path(_ONE, office_campaigns.one_page, name="office-campaign"),
    path(f"{_ONE}edit/", office_campaigns.edit_page, name="office-campaign-edit"),
    path(f"{_ONE}preview/", office_campaigns.preview_page, name="office-campaign-preview"),
    path(f"{_ONE}submit/", office_campaigns.submit_act, name="office-campaign-submit"),
    path(f"{_ONE}send-back/", office_campaigns.send_back_act, name="office-campaign-send-back"),
    path(f"{_ONE}open/", office_campaigns.open_act, name="office-campaign-open"),
    path(f"{_ONE}close/", office_campaigns.close_act, name="office-campaign-close"),
    path(f"{_ONE}settle/", office_campaigns.settle_act, name="office-campaign-settle"),
    path(f"{_ONE}story/", office_campaigns.story_page, name="office-campaign-story"),
    path(f"{_ONE}extend/", office_campaigns.extend_page, name="office-campaign-extend"),
    path(f"{_ONE}pictures/", office_news.pictures_page, name="office-campaign-pictures"),
    path(f"{_ONE}updates/new/", office_news.new_update_page, name="office-update-new"),
    path(
        "office/pictures/<int:picture_id>/remove/",
        office_news.remove_picture_act,
        name="office-picture-remove",
    ),
    path("office/updates/<int:update_id>/", office_news.update_page, name="office-update"),
    path("office/updates/<int:update_id>/edit/", office_news.edit_update_page, name="office-update-edit"),
    path("office/updates/<int:update_id>/post/", office_news.post_update_act, name="office-update-post"),
    path("office/updates/<int:update_id>/copy/", office_news.copy_update_act, name="office-update-copy"),
]
urlpatterns = [
    path("", donor.program_home, name="program-home"),
    path("campaigns/<int:campaign_id>/", donor.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/updates/<int:update_id>/", donor.update_page, name="campaign-update"),
    path("pictures/<slug:sha256>.webp", donor.campaign_picture, name="campaign-picture"),
    path("updates/stop/<str:key>/", stop_updates.stop_page, name="updates-stop"),
    path("updates/again/<str:key>/", stop_updates.start_page, name="updates-start"),
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
    path("office/stripe/<int:organisation_id>/ways/", after.ways_page, name="office-ways"),
    path("office/stripe/reconcile/", after.reconcile_page, name="office-stripe-reconcile"),
    *office_campaign_paths,
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
    # Money by hand and the bank
    path("office/money/", money.home, name="money"),
    path("office/money/gifts/", money.gifts, name="money-gifts"),
    path("office/money/gifts/new/", money.gift_new, name="money-gift-new"),
    path("office/money/gifts/<int:gift_id>/", money.gift, name="money-gift"),
    path("office/money/gifts/<int:gift_id>/reject/", money.gift_reject, name="money-gift-reject"),
    path("office/money/companies/", money.companies, name="money-companies"),
    path("office/money/companies/new/", money.company_new, name="money-company-new"),
    path("office/money/companies/<int:company_gift_id>/", money.company, name="money-company"),
    path(
        "office/money/companies/<int:company_gift_id>/cancel/",
        money.company_cancel,
        name="money-company-cancel",
    ),
    path("office/money/funds/new/", money.fund_new, name="money-fund-new"),
    path("office/money/invoices/<int:invoice_id>/", money.invoice, name="money-invoice"),
    path("office/money/account/", money.account, name="money-account"),
    path("office/money/grants/", money.grants, name="money-grants"),
    path("office/money/grants/new/", money.grant_new, name="money-grant-new"),
    path("office/money/bank/", bank.bank, name="money-bank"),
    path("office/money/bank/upload/", bank.upload, name="money-bank-upload"),
    path("office/money/bank/take-in/", bank.take_in, name="money-bank-take-in"),
    path("office/money/bank/rows.csv", bank.bad_rows, name="money-bank-rows"),
    path("office/money/bank/<int:line_id>/", bank.line, name="money-line"),
    path("office/money/bank/<int:line_id>/aside/", bank.line_aside, name="money-line-aside"),
]
