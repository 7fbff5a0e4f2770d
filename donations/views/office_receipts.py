"""The secretariat's pages about receipts: who waits, issue, copy, cancel, what they state, the donor list."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.record import record_reading
from donations.cancel_receipt import cancel_receipt
from donations.donor_list import donor_list
from donations.forms_receipts import DonorListForm, ReceiptSettingsForm, WhyForm
from donations.issue_receipt import check_address
from donations.issue_receipts import issue_receipts, waiting_asks
from donations.models import Organisation, Receipt, ReceiptPaper
from donations.receipt_queries import unsettled_asks, waiting_lists
from donations.receipt_words import sample_words
from donations.reissue_receipt import reissue_receipt
from donations.set_receipt_words import set_receipt_words
from donations.typeset import typeset
from donations.views.donor_receipts import as_pdf
from kernel.clock import fiscal_year, today
from kernel.errors import Refused
from programs.entering import entrance
from programs.models import Role

LINES = 50
LIST_YEARS = 6  # the law keeps the lists five years


@entrance(Role.OFFICE)
@require_GET
def receipts_page(request: HttpRequest) -> HttpResponse:
    """Who waits, what each organisation's receipts state, and the receipts that went out."""
    receipts = Receipt.objects.select_related("organisation").order_by("-id")
    context = {
        "waiting": waiting_lists(),
        "unsettled": unsettled_asks(),
        "organisations": Organisation.objects.order_by("name"),
        "page": Paginator(receipts, LINES).get_page(request.GET.get("page")),
    }
    return render(request, "donations/office_receipts.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """What receipts state about an organisation."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    form, status = ReceiptSettingsForm(request.POST or None, instance=organisation), 200
    if form.is_valid():
        actor = request.actor  # type: ignore[attr-defined]
        set_receipt_words(organisation=organisation, stated=form.cleaned_data, actor=actor)
        messages.success(request, _("Saved. Look at the sample before the first receipt goes out."))
        return redirect("office-receipt-settings", request.program.slug, organisation_id)  # type: ignore[attr-defined]
    if request.method == "POST":
        status = 422
    context = {"organisation": organisation, "form": form}
    return render(request, "donations/office_receipt_settings.html", context, status=status)


@entrance(Role.OFFICE)
@require_GET
def sample_paper(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """A paper with made-up figures, marked as a sample. Nothing is kept."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    response = HttpResponse(
        typeset(sample_words(organisation, check_address())), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'attachment; filename="receipt-sample.pdf"'
    return response


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def issue_page(request: HttpRequest, organisation_id: int, year: int) -> HttpResponse:
    """How many receipts would be issued, and the button that begins it."""
    if not fiscal_year(today()) - 20 < year <= fiscal_year(today()) + 1:
        raise Http404("no such year")
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    errors, status = [], 200
    if request.method == "POST":
        try:
            job = issue_receipts(organisation=organisation, year=year, actor=request.actor)  # type: ignore[attr-defined]
            return redirect("job", request.program.slug, job.pk)  # type: ignore[attr-defined]
        except Refused as refusal:
            errors, status = [str(refusal)], refusal.status
    context = {
        "organisation": organisation,
        "year": year,
        "count": waiting_asks(organisation, year).count(),
        "errors": errors,
    }
    return render(request, "donations/office_receipts_issue.html", context, status=status)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def receipt_page(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """One receipt without its name: figures, papers, and the form that makes a copy."""
    receipt = get_object_or_404(Receipt.objects.select_related("organisation"), pk=receipt_id)
    form, status = WhyForm(request.POST or None), 200
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            reissue_receipt(receipt=receipt, reason=reason, actor=request.actor)  # type: ignore[attr-defined]
            messages.success(request, _("The copy was made. The donor is told by e-mail."))
            return redirect("office-receipt", request.program.slug, receipt_id)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    elif request.method == "POST":
        status = 422
    papers = receipt.papers.select_related("made_by__user").defer("sealed_pdf").order_by("copy")
    context = {
        "receipt": receipt,
        "papers": papers,
        "lines": receipt.lines.order_by("day", "id"),
        "form": form,
    }
    return render(request, "donations/office_receipt.html", context, status=status)


@entrance(Role.OFFICE)
@require_GET
def receipt_paper(request: HttpRequest, receipt_id: int, copy: int) -> HttpResponse:
    """A paper as it went out. It carries a name, so that the reading stands in the trail."""
    found = ReceiptPaper.objects.select_related("receipt").filter(receipt=receipt_id)
    paper = get_object_or_404(found, copy=copy)
    record_reading("receipt", actor=request.actor, subject=f"receipt:{receipt_id}")  # type: ignore[attr-defined]
    return as_pdf(paper, paper.receipt)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def cancel_page(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Cancel a receipt, with a reason; a new one for the rest if wanted."""
    receipt = get_object_or_404(Receipt.objects.select_related("organisation"), pk=receipt_id)
    form, status = WhyForm(request.POST or None), 200
    if form.is_valid():
        said, actor = form.cleaned_data, request.actor  # type: ignore[attr-defined]
        try:
            cancel_receipt(
                receipt=receipt, reason=said["reason"], is_replaced=said["is_replaced"], actor=actor
            )
            messages.success(request, _("The receipt was cancelled. The donor is told by e-mail."))
            return redirect("office-receipt", request.program.slug, receipt_id)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    elif request.method == "POST":
        status = 422
    return render(
        request, "donations/office_receipt_cancel.html", {"receipt": receipt, "form": form}, status=status
    )


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def donors_page(request: HttpRequest) -> HttpResponse:
    """The list of donors for the authorities, as a file; each taking of it stands in the trail."""
    this_year = fiscal_year(today())
    form = DonorListForm(request.POST or None, years=[this_year - n for n in range(LIST_YEARS)])
    if form.is_valid():
        said, actor = form.cleaned_data, request.actor  # type: ignore[attr-defined]
        body = donor_list(organisation=said["organisation"], year=said["year"], actor=actor)
        response = HttpResponse(body, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="donors-{said["year"]}.csv"'
        response["Cache-Control"] = "no-store"
        return response
    status = 422 if request.method == "POST" else 200
    return render(request, "donations/office_donors.html", {"form": form}, status=status)
