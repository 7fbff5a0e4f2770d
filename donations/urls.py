"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from donations.views import bank, donor, money, stripe

urlpatterns = [
    path("", donor.program_home, name="program-home"),
    path("campaigns/<int:campaign_id>/", donor.campaign_page, name="campaign"),
    path("campaigns/<int:campaign_id>/give/", donor.give_page, name="give"),
    path("gifts/<uuid:reference>/", donor.gift_page, name="gift"),
    path("my/", donor.my_gifts, name="my"),
    path("webhooks/stripe/<uuid:endpoint>/", stripe.stripe_webhook, name="stripe-webhook"),
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
