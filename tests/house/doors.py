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
    "give": Door("open", {"campaign_id": "campaign"}),
    "gift": Door("capability", {"reference": "gift"}),
    "my": roles(DONOR),
    "stripe-webhook": Door("capability", {"endpoint": "endpoint"}),
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
    "money-bank": roles(OFFICE),
    "money-bank-upload": roles(OFFICE),
    "money-bank-take-in": roles(OFFICE),
    "money-bank-rows": roles(OFFICE),
    "money-line": roles(OFFICE, line_id="bank_line"),
    "money-line-aside": roles(OFFICE, line_id="bank_line"),
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
    "office-coupon": roles(OFFICE, coupon_id="coupon"),
    "office-use-reverse": roles(OFFICE, redemption_id="redemption"),
    # people, collective, metrics
    "invitation": Door("capability", {"token": "invitation"}),
    "office": roles(OFFICE),
    "office-people": roles(OFFICE),
    "office-people-end": roles(OFFICE, membership_id="membership"),
    "city": roles(CITY, OFFICE),
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
