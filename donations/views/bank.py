"""The secretariat's pages about the bank: take a statement in, and say what each line is the money of."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations.errors import StatementUnreadable
from donations.forms.money import MOST_PACKED, PackedForm, StatementForm, WordsForm
from donations.match_bank import match_bank, standing_match
from donations.models import BankLine, BankMatch, BankUnmatch, Organisation
from donations.money_queries import Aged, aged, others_of_office
from donations.propose_matches import proposals
from donations.read_statement import read_statement
from donations.set_line_aside import set_line_aside
from donations.take_in_statement import effect_of, take_in_statement
from donations.unmatch_bank import unmatch_bank
from donations.views.money import LINES, attempt
from kernel.csv_file import csv_file
from kernel.errors import Refused
from programs.entering import entrance
from programs.models import Role


def _open_lines() -> list[Aged]:
    """Every line that nothing explains, of all organisations, sure ones first."""
    found = [
        one
        for organisation in Organisation.objects.select_related("bank").order_by("id")
        for one in proposals(organisation)
    ]
    return aged(sorted(found, key=lambda one: (one.sure is None, one.line.on, one.line.pk)))


@entrance(Role.OFFICE)
@require_GET
def bank(request: HttpRequest) -> HttpResponse:
    """Lines that nothing explains yet, with what they may be the money of."""
    lines = _open_lines()
    page = Paginator(lines, LINES).get_page(request.GET.get("page"))
    sure = sum(1 for one in lines if one.sure)
    explained = BankMatch.objects.filter(undone__isnull=True)
    explained = explained.select_related("line", "matched_by__user").order_by("-id")[:10]
    others = others_of_office(request.actor)  # type: ignore[attr-defined]
    context = {"page": page, "sure": sure, "explained": explained, "others": others, "here": "bank"}
    return render(request, "donations/money/bank.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; the next page shows what taking it in would do. Nothing is kept before."""
    form, status = StatementForm(request.POST or None, request.FILES or None), 200
    if form.is_valid():
        organisation, packed = form.cleaned_data["organisation"], form.packed()
        form.cleaned_data["statement"].seek(0)
        try:
            if len(packed) > MOST_PACKED:
                raise StatementUnreadable(why=_("It is larger than 2 MB. Ask the bank for a shorter period."))
            effect = effect_of(organisation=organisation, content=form.cleaned_data["statement"].read())
        except Refused as refusal:
            form.add_error("statement", str(refusal))
            status = refusal.status
        else:
            context = {"effect": effect, "organisation": organisation, "packed": packed, "here": "bank"}
            return render(request, "donations/money/statement_check.html", context)
    elif request.method == "POST":
        status = 422
    context = {"form": form, "here": "bank", "has_organisation": Organisation.objects.exists()}
    return render(request, "donations/money/statement_new.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Keep the new lines of the file that was shown."""
    form, actor = PackedForm(request.POST), request.actor  # type: ignore[attr-defined]
    taken, _status = attempt(
        form,
        lambda said: take_in_statement(
            organisation=said["organisation"], content=said["packed"], actor=actor
        ),
    )
    if taken is None:
        messages.error(request, _("Nothing was taken in. Choose the file of the bank again."))
        return redirect("money-bank-upload", request.program.slug)  # type: ignore[attr-defined]
    counts = {"new": taken.new_lines, "repeated": taken.repeated_lines}
    words = _("%(new)s lines were taken in, %(repeated)s were there before.")
    messages.success(request, words % counts)
    return redirect("money-bank", request.program.slug)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_POST
def bad_rows(request: HttpRequest) -> HttpResponse:
    """The rows of the shown file that could not be read, as a CSV file."""
    form = PackedForm(request.POST)
    statement, _status = attempt(form, lambda said: read_statement(said["packed"]))
    if statement is None:
        messages.error(request, _("Nothing was taken in. Choose the file of the bank again."))
        return redirect("money-bank-upload", request.program.slug)  # type: ignore[attr-defined]
    head = [_("Row"), _("What is wrong"), _("What stands there")]
    body = csv_file(head, [(row.number, str(row.why), row.text) for row in statement.bad])
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rows.csv"'
    return response


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: choose what it is the money of. A yes books it."""
    found = get_object_or_404(BankLine.objects.select_related("organisation__bank", "statement"), pk=line_id)
    status = 200
    if request.method == "POST":
        try:
            match_bank(line=found, about=request.POST.get("about", ""), actor=request.actor)  # type: ignore[attr-defined]
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The bank line is explained."))
            return redirect("money-bank", request.program.slug)  # type: ignore[attr-defined]
    return _draw_line(request, found, WordsForm(), status)


def _draw_line(request: HttpRequest, found: BankLine, form: WordsForm, status: int) -> HttpResponse:
    match = standing_match(found)
    proposal = next((one for one in proposals(found.organisation) if one.line == found), None)
    context = {
        "line": found,
        "match": match,
        "proposal": proposal,
        "form": form,
        "others": others_of_office(request.actor),  # type: ignore[attr-defined]
        "undone": BankUnmatch.objects.filter(match__line=found).select_related("undone_by__user"),
        "here": "bank",
    }
    return render(request, "donations/money/line.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def line_aside(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say why a line is none of ours."""
    found = get_object_or_404(BankLine.objects.select_related("organisation__bank", "statement"), pk=line_id)
    form, actor = WordsForm(request.POST), request.actor  # type: ignore[attr-defined]
    done, status = attempt(form, lambda said: set_line_aside(line=found, words=said["words"], actor=actor))
    if done:
        messages.success(request, _("The bank line is set aside. No money was moved."))
        return redirect("money-bank", request.program.slug)  # type: ignore[attr-defined]
    return _draw_line(request, found, form, status)


@entrance(Role.OFFICE)
@require_POST
def match_undo(request: HttpRequest, match_id: int) -> HttpResponse:
    """Take back what a line was said to be, with the reason."""
    lines = BankMatch.objects.select_related("line__organisation__bank", "line__statement")
    match = get_object_or_404(lines, pk=match_id)
    form, actor = WordsForm(request.POST), request.actor  # type: ignore[attr-defined]
    done, status = attempt(form, lambda said: unmatch_bank(match=match, words=said["words"], actor=actor))
    if done:
        messages.success(request, _("The match is undone. The bank line is open again."))
        return redirect("money-line", request.program.slug, match.line_id)  # type: ignore[attr-defined]
    return _draw_line(request, match.line, form, status)
