"""Receipts on the donor's pages, and the public page that confirms one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.record import record
from donations.admit import Sender
from donations.ask_for_receipt import ask_for_receipt, ask_for_year
from donations.check_receipt import CHECKS, admit_check, check_receipt
from donations.errors import TooManyChecks
from donations.forms_receipts import ReceiptAskForm
from donations.models import Donation, Organisation, Receipt, ReceiptPaper
from donations.receipt_queries import GiftYear, gift_years_of, how_receipt_stands, receipts_of
from kernel.came_from import came_from, line_of
from kernel.errors import Refused
from programs.entering import by_capability, entrance, open_to_all
from programs.models import Role


@by_capability
@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Ask for the receipt of one gift. What was typed before is not shown: the address is only a link."""
    donation = get_object_or_404(
        Donation.objects.select_related("campaign__organisation"), reference=reference
    )
    form, status = ReceiptAskForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ask_for_receipt(donation=donation, addressee=form.addressee(), actor=None)
                messages.success(
                    request, _("We noted that you want a receipt. A mail comes when it is there.")
                )
                return _private(redirect("gift", request.program.slug, reference))  # type: ignore[attr-defined]
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
    context = {"donation": donation, "form": form, "stands": how_receipt_stands(donation)}
    return _private(render(request, "donations/receipt_ask.html", context, status=status))


@entrance(Role.DONOR)
@require_GET
def my_receipts(request: HttpRequest) -> HttpResponse:
    """The donor's receipts, and the years for which one may be asked."""
    email = request.user.email  # type: ignore[union-attr]
    context = {"receipts": receipts_of(email), "years": gift_years_of(email)}
    return render(request, "donations/my_receipts.html", context)


@entrance(Role.DONOR)
@require_http_methods(["GET", "POST"])
def ask_year_page(request: HttpRequest, organisation_id: int, year: int) -> HttpResponse:
    """Ask for one receipt for all gifts of a year."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    form, status = ReceiptAskForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actor, addressee = request.actor, form.addressee()  # type: ignore[attr-defined]
                ask_for_year(organisation=organisation, year=year, addressee=addressee, actor=actor)
                messages.success(
                    request, _("We noted that you want a receipt. A mail comes when it is there.")
                )
                return redirect("my-receipts", request.program.slug)  # type: ignore[attr-defined]
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
    context = {"year": _gift_year(request, organisation, year), "form": form}
    return render(request, "donations/receipt_ask_year.html", context, status=status)


@entrance(Role.DONOR)
@require_GET
def my_receipt_paper(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """The newest paper of one's own valid receipt, the bytes as they were made."""
    valid = receipts_of(request.user.email).filter(state=Receipt.State.ISSUED)  # type: ignore[union-attr]
    receipt = get_object_or_404(valid, pk=receipt_id)
    record("receipt.taken", actor=request.actor, subject=f"receipt:{receipt.pk}")  # type: ignore[attr-defined]
    return as_pdf(receipt.papers.latest("copy"), receipt)


@open_to_all
@require_GET
def check_page(request: HttpRequest) -> HttpResponse:
    """Whether a receipt is ours and valid: number, amount and day, nothing of a person."""
    number, word = request.GET.get("number", "").strip()[:40], request.GET.get("word", "").strip()[:40]
    context: dict[str, Any] = {"number": number, "word": word}
    status = 200
    if number and word:
        sender = Sender(line=line_of(request), range=came_from(request))
        program_id = request.program.pk  # type: ignore[attr-defined]
        try:
            admit_check(program_id=program_id, sender=sender, number=number, word=word)
            context["receipt"] = check_receipt(number=number, word=word)
        except TooManyChecks as refusal:
            context["refusal"], status = refusal, refusal.status
    elif request.GET.keys() & {"number", "word"}:
        context["is_half"], status = True, 422
    response = _private(render(request, "donations/receipt_check.html", context, status=status))
    if status == TooManyChecks.status:
        response["Retry-After"] = str(CHECKS.seconds)
    return response


def as_pdf(paper: ReceiptPaper, receipt: Receipt) -> HttpResponse:
    """The kept bytes, for saving; in no cache."""
    response = HttpResponse(paper.pdf, content_type="application/pdf")
    mark = f"-{paper.copy}" if paper.copy > 1 else ""
    response["Content-Disposition"] = f'attachment; filename="receipt-{receipt.full_number}{mark}.pdf"'
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    # The address is the key, so no other site hears it. Not "no-referrer": with that a browser sends a form
    # without its origin, and the CSRF check refuses every ask.
    response["Referrer-Policy"] = "same-origin"
    return response


def _gift_year(request: HttpRequest, organisation: Organisation, year: int) -> GiftYear:
    """The year's gifts of this donor; 0 yen when none is left."""
    years = gift_years_of(request.user.email)  # type: ignore[union-attr]
    empty = GiftYear(organisation, year, 0, 0, False)
    return next((one for one in years if (one.organisation.pk, one.year) == (organisation.pk, year)), empty)
