"""Who may come in where: one row for every URL. A URL without a row fails the crawl.

`who`      roles, or "open" (anyone), "signed_in", "capability" (the address is the key), "device"
`objects`  what stands in the address: argument -> kind of thing in tests/house/world.py
`private`  roles that see only their own of these; the other roles see all of the program's
`skip`     why the crawl does not ask it at all
"""

from dataclasses import dataclass, field

from programs.models import Role

OFFICE, CITY = Role.OFFICE, Role.CITY
OWNER, COUNTER, GUARDIAN, DONOR = Role.PROVIDER_ADMIN, Role.COUNTER, Role.GUARDIAN, Role.DONOR


@dataclass(frozen=True)
class Door:
    """One row."""

    who: str | frozenset[Role]
    objects: dict[str, str] = field(default_factory=dict)
    private: frozenset[Role] = frozenset()
    skip: str = ""


def roles(*who: Role, own: tuple[Role, ...] = (), **objects: str) -> Door:
    """A door for roles; those in `own` see only their own things."""
    return Door(frozenset(who), objects, frozenset(own))


ANYONE, SIGNED_IN, BY_DEVICE = Door("open"), Door("signed_in"), Door("device")
DOORS: dict[str, Door] = {
    # config
    "programs": ANYONE,
    "start": SIGNED_IN,
    "second-factor": SIGNED_IN,
    "alive": ANYONE,
    "ready": ANYONE,
    "set_language": ANYONE,
    "set_furigana": ANYONE,
    # donations
    "program-home": ANYONE,
    "campaign": Door("open", {"campaign_id": "campaign"}),
    "campaign-update": Door("open", {"campaign_id": "campaign", "update_id": "update"}),
    "campaign-picture": Door("capability", {"sha256": "picture"}),
    "updates-stop": Door("capability", {"key": "stop"}),
    "updates-start": Door("capability", {"key": "stop"}),
    "give": Door("open", {"campaign_id": "campaign"}),
    "gift": Door("capability", {"reference": "gift"}),
    "gift-take-back": Door("capability", {"reference": "gift"}),
    "gift-pay-late": Door("capability", {"reference": "gift"}),
    "my": roles(DONOR),
    "monthly": Door("capability", {"reference": "pledge_reference"}),
    "my-monthly": roles(DONOR, own=(DONOR,), pledge_id="pledge"),
    "my-monthly-change": roles(DONOR, own=(DONOR,), pledge_id="pledge"),
    "my-monthly-stop": roles(DONOR, own=(DONOR,), pledge_id="pledge"),
    "my-monthly-card": roles(DONOR, own=(DONOR,), pledge_id="pledge"),
    "office-monthly": roles(OFFICE),
    "office-monthly-stop": roles(OFFICE, pledge_id="pledge"),
    "stripe-webhook": Door("capability", {"endpoint": "endpoint"}),
    "office-gifts": roles(OFFICE),
    "office-gift": roles(OFFICE, gift_id="donation"),
    "office-gift-let-go": roles(OFFICE, gift_id="donation"),
    "office-gift-refund": roles(OFFICE, gift_id="donation"),
    "office-refunds": roles(OFFICE),
    "office-refund": roles(OFFICE, refund_id="refund"),
    "office-refund-withdraw": roles(OFFICE, refund_id="refund"),
    "office-refund-limit": roles(OFFICE, organisation_id="organisation"),
    "office-questions": roles(OFFICE),
    "office-question": roles(OFFICE, finding_id="finding"),
    "office-stripe": roles(OFFICE),
    "office-stripe-reconcile": roles(OFFICE),
    "office-ways": roles(OFFICE, organisation_id="organisation"),
    "office-campaigns": roles(OFFICE),
    "office-campaign-new": roles(OFFICE),
    "office-campaign": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-edit": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-preview": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-submit": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-send-back": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-open": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-close": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-go-on": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-settle": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-story": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-extend": roles(OFFICE, campaign_id="campaign"),
    "office-campaign-pictures": roles(OFFICE, campaign_id="campaign"),
    "office-picture-remove": roles(OFFICE, picture_id="picture_row"),
    "office-update-new": roles(OFFICE, campaign_id="campaign"),
    "office-update": roles(OFFICE, update_id="update"),
    "office-update-edit": roles(OFFICE, update_id="update"),
    "office-update-post": roles(OFFICE, update_id="update"),
    "office-update-copy": roles(OFFICE, update_id="update"),
    "receipt-ask": Door("capability", {"reference": "gift"}),
    "receipt-check": ANYONE,
    "my-receipts": roles(DONOR),
    "my-receipt": roles(DONOR, own=(DONOR,), receipt_id="receipt"),
    "my-receipt-year": roles(DONOR, organisation_id="organisation", year="tax_year"),
    "office-receipts": roles(OFFICE),
    "office-donors": roles(OFFICE),
    "office-receipt-settings": roles(OFFICE, organisation_id="organisation"),
    "office-receipt-sample": roles(OFFICE, organisation_id="organisation"),
    "office-receipts-issue": roles(OFFICE, organisation_id="organisation", year="tax_year"),
    "office-receipt": roles(OFFICE, receipt_id="receipt"),
    "office-receipt-paper": roles(OFFICE, receipt_id="receipt", copy="copy"),
    "office-receipt-cancel": roles(OFFICE, receipt_id="receipt"),
    # money by hand and the bank
    "money": roles(OFFICE),
    "money-gifts": roles(OFFICE),
    "money-gift-new": roles(OFFICE),
    "money-gift": roles(OFFICE, gift_id="offline_gift"),
    "money-gift-reject": roles(OFFICE, gift_id="offline_gift"),
    "money-companies": roles(OFFICE),
    "money-company-new": roles(OFFICE),
    "money-company": roles(OFFICE, company_gift_id="company_gift"),
    "money-company-cancel": roles(OFFICE, company_gift_id="company_gift"),
    "money-fund-new": roles(OFFICE),
    "money-invoice": roles(OFFICE, invoice_id="invoice"),
    "money-account": roles(OFFICE),
    "money-grants": roles(OFFICE),
    "money-grant-new": roles(OFFICE),
    "money-reserve": roles(OFFICE),
    "money-reserve-fill": roles(OFFICE, fill_id="reserve_fill"),
    "money-reserve-drop": roles(OFFICE, fill_id="reserve_fill"),
    "money-bank": roles(OFFICE),
    "money-bank-upload": roles(OFFICE),
    "money-bank-take-in": roles(OFFICE),
    "money-bank-rows": roles(OFFICE),
    "money-line": roles(OFFICE, line_id="bank_line"),
    "money-line-aside": roles(OFFICE, line_id="bank_line"),
    "money-match-undo": roles(OFFICE, match_id="bank_match"),
    # families and coupons
    "family": roles(GUARDIAN),
    "family-code": roles(GUARDIAN, own=(GUARDIAN,), coupon_id="coupon"),
    "office-families": roles(OFFICE),
    "office-family-new": roles(OFFICE),
    "office-family": roles(OFFICE, application_id="application"),
    "office-family-name": roles(OFFICE, application_id="application"),
    "office-family-approve": roles(OFFICE, application_id="application"),
    "office-family-decline": roles(OFFICE, application_id="application"),
    "office-coupons": roles(OFFICE),
    "office-coupons-check": roles(OFFICE),
    "office-coupons-issue": roles(OFFICE),
    "office-coupons-issued": roles(OFFICE),
    "office-year-rules": roles(OFFICE, year_id="year"),
    "office-coupon": roles(OFFICE, coupon_id="coupon"),
    "office-use-reverse": roles(OFFICE, redemption_id="redemption"),
    # people, collective, metrics
    "invitation": Door("capability", {"token": "invitation"}),
    "office": roles(OFFICE),
    "office-people": roles(OFFICE),
    "office-people-end": roles(OFFICE, membership_id="membership"),
    "office-invitation-approve": roles(OFFICE, invitation_id="office_invitation"),
    "office-invitation-withdraw": roles(OFFICE, invitation_id="office_invitation"),
    "office-mails": roles(OFFICE),
    "office-mails-sent": roles(OFFICE),
    "office-mails-back": roles(OFFICE),
    "office-mail-again": roles(OFFICE, return_id="mail_return"),
    "office-mail-sample": roles(OFFICE),
    "mail-events": Door("capability"),
    "city": roles(CITY, OFFICE),
    "gift-story": roles(DONOR, own=(DONOR,), reference="gift"),
    "fund-story": Door("open", {"campaign_id": "campaign"}),
    # outbox
    "job": roles(OFFICE, job_id="job"),
    # partners
    "counter": roles(COUNTER),
    "counter-take": roles(COUNTER, own=(COUNTER,), classroom_id="classroom"),
    "counter-redeem": roles(COUNTER, own=(COUNTER,), classroom_id="classroom"),
    "counter-undo": roles(COUNTER, own=(COUNTER,), classroom_id="classroom"),
    "counter-journal": roles(COUNTER, own=(COUNTER,), classroom_id="classroom"),
    "device-enrol": ANYONE,
    "schools": roles(OWNER),
    "school": roles(OWNER, own=(OWNER,), provider_id="provider"),
    "school-add-device": roles(OWNER, own=(OWNER,), provider_id="provider"),
    "school-revoke-device": roles(OWNER, own=(OWNER,), provider_id="provider", device_id="device"),
    "school-add-staff": roles(OWNER, own=(OWNER,), provider_id="provider"),
    "office-schools": roles(OFFICE),
    "office-school-new": roles(OFFICE),
    "office-school-approve": roles(OFFICE, provider_id="provider"),
    "office-school-suspend": roles(OFFICE, provider_id="provider"),
    "api-redemptions": BY_DEVICE,
    "api-checks": BY_DEVICE,
    "api-devices": ANYONE,
}

# Of allauth's own pages those that only a signed-in person may open; the others are for anyone.
ACCOUNT_PAGES_SIGNED_IN = {
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
