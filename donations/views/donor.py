"""The donor's pages."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from donations.admit import (
    PATIENCE_SECONDS,
    Guard,
    Sender,
    Sent,
    admit,
    check_form,
    check_sender,
    guard_for,
)
from donations.confirm import ask_and_confirm
from donations.errors import FormTooOld, PaymentServiceAway, TooManyGifts
from donations.forms import OWN, GiveForm
from donations.give import ask_to_pay, give
from donations.models import Campaign, Donation
from donations.queries import Chip, campaigns_with_standing, chips_of, latest_gifts, paid_gifts, standing_of
from donations.stripe_gateway import Payment
from donations.views.for_everyone import for_everyone, is_for_everyone
from kernel.came_from import came_from, line_of
from kernel.errors import Refused
from kernel.templatetags.look import in_japanese, yen
from programs.entering import by_capability, entrance, open_to_all
from programs.middleware import own_transactions
from programs.models import Role
from programs.scoping import acting_in

RETRY_AFTER_SECONDS = 30
TRAP = "homepage"  # no person sees this field, and browsers have nothing to fill in there


@open_to_all
@require_GET
def program_home(request: HttpRequest) -> HttpResponse:
    """What the program does, and its campaigns."""
    return render(request, "donations/program_home.html", {"standings": campaigns_with_standing()})


@open_to_all
@require_GET
def campaign_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A campaign with its form, or its result when it is over."""

    def draw(request_key: UUID) -> tuple[HttpResponse, Guard]:
        campaign = _campaign(campaign_id)
        form = _empty_form(campaign, request.GET.get("amount", ""), request_key)
        guard = guard_for(campaign_id=campaign_id, request_key=request_key)
        return _draw_campaign(request, campaign, form, guard, 200), guard

    if is_for_everyone(request):
        return for_everyone(request, campaign_id, draw)
    return draw(uuid4())[0]


@open_to_all
@own_transactions
@require_POST
def give_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Begin a gift and send the donor to Stripe's page. Stripe is asked while no transaction is open."""
    program = request.program  # type: ignore[attr-defined]
    with acting_in(program.pk):
        campaign = _campaign(campaign_id)
        sender = Sender(line=line_of(request), range=came_from(request))
        check_sender(program_id=program.pk, sender=sender)
        form, sent = GiveForm(request.POST, campaign=campaign), _sent(request)
        if not form.is_valid():
            return _draw_again(request, campaign, form, sent, 422)
    try:
        with acting_in(program.pk):
            donation = _begin(campaign, form, sender, sent)
        return redirect(ask_to_pay(program=program, donation_id=donation.pk))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        if isinstance(refusal, FormTooOld):
            sent = Sent(mark="")
        with acting_in(program.pk):
            return _draw_again(request, campaign, form, sent, refusal.status)


def _begin(campaign: Campaign, form: GiveForm, sender: Sender, sent: Sent) -> Donation:
    """The gift of a valid form, past both gates of donations/admit.py; a refusal leaves nothing written."""
    key = form.cleaned_data["request_key"]
    check_form(campaign_id=campaign.pk, request_key=key, sent=sent)
    donor = form.donor((get_language() or "ja")[:2])
    amount_yen = form.cleaned_data["amount_yen"]
    donation = give(campaign=campaign, amount_yen=amount_yen, donor=donor, request_key=key)
    admit(donation=donation, sender=sender, sent=sent)
    return donation


def _sent(request: HttpRequest) -> Sent:
    said = request.POST
    return Sent(mark=said.get("mark", ""), answer=said.get("answer", ""), trap=said.get(TRAP, ""))


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


def _empty_form(campaign: Campaign, amount: str, request_key: UUID) -> GiveForm:
    """A fresh form; `amount` (digits) is what was typed the last time."""
    presets = [str(preset) for preset in campaign.presets]
    middle = presets[len(presets) // 2] if presets else OWN
    amount = amount if amount.isascii() and amount.isdigit() and len(amount) < 10 else ""
    initial = {
        "amount_choice": (amount if amount in presets else OWN) if amount else middle,
        "amount_own": "" if amount in presets else amount,
        "agreement_version": campaign.organisation.agreement_version,
        "request_key": request_key,
    }
    return GiveForm(initial=initial, campaign=campaign)


def _draw_again(
    request: HttpRequest, campaign: Campaign, form: GiveForm, sent: Sent, status: int
) -> HttpResponse:
    """The form with what was typed. Its mark goes on ageing while it is good, else there is a new one."""
    key = form.cleaned_data.get("request_key") or uuid4()
    guard = guard_for(campaign_id=campaign.pk, request_key=key, sent=sent.mark)
    return _draw_campaign(request, campaign, form, guard, status)


def _draw_campaign(
    request: HttpRequest, campaign: Campaign, form: GiveForm, guard: Guard, status: int
) -> HttpResponse:
    context = {
        "guard": guard,
        "trap": TRAP,
        "patience_seconds": PATIENCE_SECONDS,
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
    elif status == TooManyGifts.status:
        response["Retry-After"] = "600"
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
