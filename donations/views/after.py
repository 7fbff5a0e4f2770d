"""The secretariat's pages about money after a gift: gifts, refunds, open questions, Stripe's list."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record import record
from donations.forms.after import AnswerForm, SearchForm, WaysForm
from donations.large_promise import is_in_question
from donations.models import Campaign, Donation, Finding, Organisation, Refund
from donations.money_story import WHAT_TO_DO, found_gifts, open_findings, story_of, with_disputes
from donations.queries import latest_reconciliations
from donations.receipt_queries import how_receipt_stands
from donations.reconcile_now import reconcile_now
from donations.refund import refundable_yen
from donations.set_ways import set_ways
from donations.settle_finding import settle_finding
from programs.entering import entrance
from programs.models import Role

LINES = 50


@entrance(Role.OFFICE)
@require_GET
def gifts_page(request: HttpRequest) -> HttpResponse:
    """All gifts, the newest first, and one field to find any of them."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(found_gifts(asked), LINES).get_page(request.GET.get("page"))
    return render(request, "donations/office_gifts.html", {"form": form, "asked": asked, "page": page})


@entrance(Role.OFFICE)
@require_GET
def gift_page(request: HttpRequest, gift_id: int) -> HttpResponse:
    """One gift and everything that happened to its money. The look at the address is recorded."""
    gifts = with_disputes(Donation.objects.select_related("campaign__organisation"))
    gift = get_object_or_404(gifts, pk=gift_id)
    record("gift.read", actor=request.actor, subject=gift.source)  # type: ignore[attr-defined]
    questions = Finding.objects.filter(facts__donation_id=gift.pk, settled_at=None)
    context = {
        "gift": gift,
        "story": story_of(gift),
        "receipt": how_receipt_stands(gift),
        "most_yen": refundable_yen(gift),
        "questions": questions,
        "may_let_go": _may_let_go(gift),
        "refunds": [
            one for one in Refund.objects.filter(donation=gift) if one.is_proposed or one.is_on_its_way
        ],
    }
    return render(request, "donations/office_gift.html", context)


def _may_let_go(gift: Donation) -> bool:
    """Whether the page offers to let a promise go; the verb looks again."""
    is_promise = gift.state == Donation.State.SAVED and gift.campaign.state == Campaign.State.OPEN
    return is_promise and is_in_question(gift)


@entrance(Role.OFFICE)
@require_GET
def questions_page(request: HttpRequest) -> HttpResponse:
    """What a person must look at, and what was answered before."""
    page = Paginator(open_findings(), LINES).get_page(request.GET.get("page"))
    answered = Finding.objects.exclude(settled_at=None).select_related("settled_by__user")
    context = {"page": page, "answered": answered.order_by("-settled_at")[:20]}
    return render(request, "donations/office_questions.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def question_page(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One question: what is known, what to do, and the answer."""
    finding = get_object_or_404(Finding.objects.select_related("organisation"), pk=finding_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.actor  # type: ignore[attr-defined]
        settle_finding(finding=finding, words=form.cleaned_data["words"], actor=actor)
        messages.success(request, _("Answered. It no longer stands among the open questions."))
        return redirect("office-questions", request.program.slug)  # type: ignore[attr-defined]
    context = {"finding": finding, "form": form, "what_to_do": WHAT_TO_DO[finding.kind]}
    return render(request, "donations/office_question.html", context, status=422 if form.errors else 200)


@entrance(Role.OFFICE)
@require_GET
def stripe_page(request: HttpRequest) -> HttpResponse:
    """Stripe's sum and the books' sum, per receiving organisation, and the ways to pay it offers."""
    standings = [(one, last, WaysForm(initial={"ways": one.ways})) for one, last in latest_reconciliations()]
    return render(request, "donations/office_stripe.html", {"standings": standings})


@entrance(Role.OFFICE)
@require_POST
def ways_page(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Change the ways to pay of an organisation."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    form = WaysForm(request.POST)
    if not form.is_valid():
        raise Http404("no such way")
    actor = request.actor  # type: ignore[attr-defined]
    set_ways(organisation=organisation, ways=form.cleaned_data["ways"], actor=actor)
    messages.success(request, _("The ways to pay were changed. Campaigns show them within a few seconds."))
    return redirect("office-stripe", request.program.slug)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_POST
def reconcile_page(request: HttpRequest) -> HttpResponse:
    """Hold the books against Stripe's list now."""
    if not Organisation.objects.exists():
        return redirect("office-stripe", request.program.slug)  # type: ignore[attr-defined]
    job = reconcile_now(actor=request.actor)  # type: ignore[attr-defined]
    return redirect("job", request.program.slug, job.pk)  # type: ignore[attr-defined]
