"""The donor's pages."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

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
from donations.confirm import ask_and_confirm, card_of
from donations.errors import FormTooOld, PaymentServiceAway, TooManyGifts
from donations.forms import ONCE, OWN, GiveForm
from donations.give import ask_to_pay, give
from donations.models import Campaign, CampaignPicture, CampaignUpdate, Donation, Pledge
from donations.money_queries import public_sponsor_funds
from donations.monthly_queries import pledges_of
from donations.queries import Standing, campaigns_with_standing, paid_gifts
from donations.receipt_queries import how_receipt_stands
from donations.start_monthly import ask_to_begin, start_monthly
from donations.stripe_said import Payment
from donations.views.again import remember, typed_before
from donations.views.campaign_page import campaign_context, update_context
from donations.views.for_everyone import for_everyone, is_for_everyone
from kernel.came_from import came_from, line_of
from kernel.errors import Refused
from outbox.mail_queries import how_it_went, last_mail_about
from programs.entering import by_capability, entrance, open_to_all
from programs.middleware import own_transactions
from programs.models import Program, Role
from programs.scoping import acting_in

RETRY_AFTER_SECONDS = 30
TRAP = "homepage"  # no person sees this field, and browsers have nothing to fill in there


@open_to_all
@require_GET
def program_home(request: HttpRequest) -> HttpResponse:
    """What the program does, and its campaigns."""
    return render(
        request,
        "donations/program_home.html",
        {"groups": _in_groups(campaigns_with_standing()), "sponsor_funds": public_sponsor_funds()},
    )


def _in_groups(standings: list[Standing]) -> dict[str, list[Standing]]:
    """Open for gifts, beginning soon, ended."""
    over = [standing for standing in standings if standing.is_over]
    taking = [standing for standing in standings if standing.is_taking_gifts]
    soon = [standing for standing in standings if not standing.is_over and not standing.is_taking_gifts]
    soon.sort(key=lambda standing: standing.campaign.first_day)
    return {"taking": taking, "soon": soon, "over": over}


@open_to_all
@require_GET
def campaign_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A campaign with its form, or its result when it is over."""

    def draw(request_key: UUID) -> tuple[HttpResponse, Guard]:
        campaign = _campaign(campaign_id)
        form = empty_form(campaign, request.GET.get("amount", ""), request_key)
        typed = typed_before(request, campaign)
        form.initial.update(typed)
        guard = guard_for(campaign_id=campaign_id, request_key=request_key)
        response = _draw_campaign(request, campaign, form, guard, 200)
        if typed:  # an e-mail address stands in it
            response["Cache-Control"] = "no-store"
        return response, guard

    if is_for_everyone(request):
        return for_everyone(request, campaign_id, draw)
    return draw(uuid4())[0]


@open_to_all
@require_GET
def update_page(request: HttpRequest, campaign_id: int, update_id: int) -> HttpResponse:
    """One update of a campaign, as its mail links to it."""
    found = CampaignUpdate.objects.select_related("campaign__organisation").exclude(published_at=None)
    update = get_object_or_404(found, pk=update_id, campaign=campaign_id)
    program = request.program  # type: ignore[attr-defined]
    return render(request, "donations/campaign_update.html", update_context(program, update))


@by_capability
@require_GET
def campaign_picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """A picture by its own hash: what stands at the address never changes, so that it is kept for good."""
    picture = CampaignPicture.objects.filter(sha256=sha256).order_by("id").first()
    if picture is None:
        raise Http404("no such picture")
    response = HttpResponse(bytes(picture.content), content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@open_to_all
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def give_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Begin a gift and send the donor to Stripe's page. Stripe is asked while no transaction is open."""
    program = request.program  # type: ignore[attr-defined]
    with acting_in(program.pk):
        campaign = _campaign(campaign_id)
        if request.method != "POST":  # the address was typed, or the page loaded anew
            return redirect("campaign", program.slug, campaign.pk)
        sender = Sender(line=line_of(request), range=came_from(request))
        check_sender(program_id=program.pk, sender=sender)
        form, sent = GiveForm(request.POST, campaign=campaign), _sent(request)
        if not form.is_valid():
            return _draw_again(request, campaign, form, sent, 422)
    try:
        with acting_in(program.pk):
            gift = _begin(campaign, form, sender, sent)
        return remember(redirect(_page_of(program, gift)), slug=program.slug, gift=gift)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        if isinstance(refusal, FormTooOld):
            sent = Sent(mark="")
        with acting_in(program.pk):
            return _draw_again(request, campaign, form, sent, refusal.status)


def _page_of(program: Program, gift: Donation | Pledge) -> str:
    if isinstance(gift, Pledge):
        return ask_to_begin(program=program, pledge_id=gift.pk)
    return ask_to_pay(program=program, donation_id=gift.pk)


def _begin(campaign: Campaign, form: GiveForm, sender: Sender, sent: Sent) -> Donation | Pledge:
    """The gift of a valid form, past both gates of donations/admit.py; a refusal leaves nothing written."""
    key = form.cleaned_data["request_key"]
    check_form(campaign_id=campaign.pk, request_key=key, sent=sent)
    donor = form.donor((get_language() or "ja")[:2])
    amount_yen = form.cleaned_data["amount_yen"]
    if form.is_monthly:
        pledge = start_monthly(campaign=campaign, amount_yen=amount_yen, donor=donor, request_key=key)
        admit(donation=pledge, sender=sender, sent=sent)
        return pledge
    donation = give(campaign=campaign, amount_yen=amount_yen, donor=donor, request_key=key)
    is_card = donation.method == Donation.Method.CARD
    admit(donation=donation, sender=sender, sent=sent, is_card=is_card)
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
        donation = get_object_or_404(
            Donation.objects.select_related("campaign__organisation"), reference=reference
        )
    payment = None
    if donation.is_waiting or donation.state == Donation.State.DECLINED:
        try:
            donation, payment = ask_and_confirm(program_id=program.pk, donation_id=donation.pk)
        except Refused:
            payment = None  # not known now: the page says that it is being checked, and asks again
    template = "donations/_gift.html" if request.headers.get("HX-Request") else "donations/gift.html"
    with acting_in(program.pk):
        stands = _how_it_stands(request, donation, payment)
        told = {**_how_it_was_told(donation), "card": card_of(donation)}
        context = {"donation": donation, "payment": payment, "stands": stands, **told}
        context["receipt"] = how_receipt_stands(donation)
        response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = (
        "same-origin"  # the address is the key; with "no-referrer" forms are refused
    )
    return response


def _how_it_was_told(donation: Donation) -> dict[str, Any]:
    """The newest mail about the gift, and whether it is still to come, went out, or did not arrive."""
    mail = last_mail_about(donation.source)
    return {"mail": mail, "mail_went": how_it_went(mail)}


@entrance(Role.DONOR)
@require_GET
def my_gifts(request: HttpRequest) -> HttpResponse:
    """The gifts that were made with the signed-in person's address."""
    gifts = paid_gifts().filter(user=request.user.pk).select_related("campaign").order_by("-paid_at")
    promises = Donation.objects.filter(user=request.user.pk, state__in=Donation.PROMISED)
    context = {
        "gifts": gifts,
        "total_yen": sum(gift.kept_yen for gift in gifts),
        "pledges": pledges_of(request.user),
        "promises": promises.select_related("campaign").order_by("-id"),
    }
    return render(request, "donations/my_gifts.html", context)


def _campaign(campaign_id: int) -> Campaign:
    opened = Campaign.objects.select_related("organisation").exclude(state__in=Campaign.UNOPENED)
    campaign: Campaign = get_object_or_404(opened, pk=campaign_id)
    return campaign


def empty_form(campaign: Campaign, amount: str, request_key: UUID) -> GiveForm:
    """A fresh form; `amount` (digits) is what was typed the last time."""
    presets = [str(preset) for preset in campaign.presets]
    middle = presets[len(presets) // 2] if presets else OWN
    amount = amount if amount.isascii() and amount.isdigit() and len(amount) < 10 else ""
    initial = {
        "rhythm": ONCE,  # never monthly before a person chose it
        "amount_choice": (amount if amount in presets else OWN) if amount else middle,
        "amount_own": "" if amount in presets else amount,
        "agreement_version": campaign.organisation.agreement_version,
        "method": Donation.Method.CARD.value,
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
    program = request.program  # type: ignore[attr-defined]
    guarded = {"guard": guard, "trap": TRAP, "patience_seconds": PATIENCE_SECONDS}
    context = {**campaign_context(program, campaign, form), **guarded}
    response = render(request, "donations/campaign.html", context, status=status)
    if status == PaymentServiceAway.status:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    elif status == TooManyGifts.status:
        response["Retry-After"] = "600"
    return response


def _how_it_stands(request: HttpRequest, donation: Donation, payment: Payment | None) -> str:
    """paid, over, to_pay (at a shop or bank), cancelled, unpaid (the payment page is still open) or checking.

    Promised: saved, declined, let_go, given_up (declined and not paid in time).
    """
    if donation.state in (Donation.State.PAID, Donation.State.LET_GO, *Donation.PROMISED):
        return str(donation.state)
    if donation.state == Donation.State.FAILED and donation.campaign.goal_met and donation.pay_until:
        return "given_up"
    if not donation.is_waiting:
        return "over"
    if payment and payment.slip_url:
        return "to_pay"
    if payment and payment.url:
        return "cancelled" if "cancelled" in request.GET else "unpaid"
    return "checking"
