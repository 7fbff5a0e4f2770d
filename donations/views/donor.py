"""The donor's pages."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from donations.confirm import ask_and_confirm
from donations.errors import PaymentServiceAway
from donations.forms import OWN, GiveForm
from donations.give import ask_to_pay, give
from donations.models import Campaign, Donation
from donations.money_queries import public_sponsor_funds
from donations.queries import Chip, campaigns_with_standing, chips_of, latest_gifts, paid_gifts, standing_of
from donations.stripe_gateway import Payment
from kernel.errors import Refused
from kernel.templatetags.look import in_japanese, yen
from programs.entering import by_capability, entrance, open_to_all
from programs.middleware import own_transactions
from programs.models import Role
from programs.scoping import acting_in

RETRY_AFTER_SECONDS = 30


@open_to_all
@require_GET
def program_home(request: HttpRequest) -> HttpResponse:
    """What the program does, and its campaigns."""
    context = {"standings": campaigns_with_standing(), "sponsor_funds": public_sponsor_funds()}
    return render(request, "donations/program_home.html", context)


@open_to_all
@require_GET
def campaign_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A campaign with its form, or its result when it is over."""
    campaign = _campaign(campaign_id)
    amount = request.GET.get("amount", "")
    return _draw_campaign(request, campaign, _empty_form(campaign, amount), 200)


@open_to_all
@own_transactions
@require_POST
def give_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Begin a gift and send the donor to Stripe's page. Stripe is asked while no transaction is open."""
    program = request.program  # type: ignore[attr-defined]
    with acting_in(program.pk):
        campaign = _campaign(campaign_id)
        form = GiveForm(request.POST, campaign=campaign)
        if not form.is_valid():
            return _draw_campaign(request, campaign, form, 422)
    try:
        with acting_in(program.pk):
            donor = form.donor((get_language() or "ja")[:2])
            key = form.cleaned_data["request_key"]
            amount_yen = form.cleaned_data["amount_yen"]
            donation = give(campaign=campaign, amount_yen=amount_yen, donor=donor, request_key=key)
        return redirect(ask_to_pay(program=program, donation_id=donation.pk))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        with acting_in(program.pk):
            return _draw_campaign(request, campaign, form, refusal.status)


@by_capability
@own_transactions
@require_GET
def gift_page(request: HttpRequest, reference: UUID) -> HttpResponse:
    """How a gift stands. Looking at it asks Stripe while its end is open, so a lost webhook costs nothing."""
    program = request.program  # type: ignore[attr-defined]
    with acting_in(program.pk):
        donation = get_object_or_404(Donation.objects.select_related("campaign"), reference=reference)
    payment = None
    if donation.is_waiting:
        try:
            donation, payment = ask_and_confirm(program_id=program.pk, donation_id=donation.pk)
        except Refused:
            payment = None  # not known now: the page says that it is being checked, and asks again
    template = "donations/_gift.html" if request.headers.get("HX-Request") else "donations/gift.html"
    with acting_in(program.pk):
        stands = _how_it_stands(request, donation, payment)
        response = render(request, template, {"donation": donation, "payment": payment, "stands": stands})
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


@entrance(Role.DONOR)
@require_GET
def my_gifts(request: HttpRequest) -> HttpResponse:
    """The gifts that were made with the signed-in person's address."""
    gifts = paid_gifts().filter(user=request.user.pk).select_related("campaign").order_by("-paid_at")
    return render(
        request, "donations/my_gifts.html", {"gifts": gifts, "total_yen": sum(g.amount_yen for g in gifts)}
    )


def _campaign(campaign_id: int) -> Campaign:
    opened = Campaign.objects.select_related("organisation").exclude(state=Campaign.State.DRAFT)
    campaign: Campaign = get_object_or_404(opened, pk=campaign_id)
    return campaign


def _empty_form(campaign: Campaign, amount: str) -> GiveForm:
    """A fresh form; `amount` (digits) is what was typed the last time."""
    presets = [str(preset) for preset in campaign.presets]
    middle = presets[len(presets) // 2] if presets else OWN
    amount = amount if amount.isascii() and amount.isdigit() and len(amount) < 10 else ""
    initial = {
        "amount_choice": (amount if amount in presets else OWN) if amount else middle,
        "amount_own": "" if amount in presets else amount,
        "agreement_version": campaign.organisation.agreement_version,
        "request_key": uuid4(),
    }
    return GiveForm(initial=initial, campaign=campaign)


def _draw_campaign(request: HttpRequest, campaign: Campaign, form: GiveForm, status: int) -> HttpResponse:
    context = {
        "campaign": campaign,
        "standing": standing_of(campaign),
        "form": form,
        "chips": [(chip.yen, _impact(chip)) for chip in chips_of(campaign)],
        "latest": latest_gifts(campaign),
        "story": campaign.story if in_japanese() else campaign.story_en or campaign.story,
        "operating_per_cent": f"{campaign.operating_per_mille / 10:g}",
    }
    response = render(request, "donations/campaign.html", context, status=status)
    if status == PaymentServiceAway.status:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _impact(chip: Chip) -> str:
    facts: dict[str, Any] = {"yen": yen(chip.coupon_yen), "days": chip.days}
    if chip.days:
        return gettext("%(yen)s for coupons: about %(days)s days of one child's learning") % facts
    return gettext("%(yen)s for coupons") % facts


def _how_it_stands(request: HttpRequest, donation: Donation, payment: Payment | None) -> str:
    """paid, over, cancelled, unpaid (the payment page is still open) or checking."""
    if donation.state == Donation.State.PAID:
        return "paid"
    if not donation.is_waiting:
        return "over"
    if payment and payment.url:
        return "cancelled" if "cancelled" in request.GET else "unpaid"
    return "checking"
