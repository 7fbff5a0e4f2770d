"""The secretariat's pages about campaigns: list, editor, preview, and the steps from draft to settled."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations.close_campaign import close_campaign
from donations.draft_campaign import draft_campaign
from donations.end_promises import go_on_with_promises
from donations.extend_campaign import extend_campaign
from donations.forms.campaigns import PRESETS, CampaignForm, ExtendForm, StoryForm, usual, written
from donations.models import Campaign, Organisation
from donations.money_story import open_questions
from donations.open_campaign import open_campaign
from donations.queries import (
    books_differ_yen,
    campaigns_with_standing,
    cards_of,
    figures_of,
    standing_of,
    unfinished_gifts,
)
from donations.revise_story import revise_story
from donations.send_back import send_back
from donations.settle_campaign import settle_campaign
from donations.submit_campaign import submit_campaign
from donations.views.campaign_page import campaign_context, impacts_of
from donations.views.donor import empty_form
from kernel.errors import Refused
from kernel.templatetags.look import tenths
from outbox.models import Job
from programs.entering import entrance
from programs.models import Role


@entrance(Role.OFFICE)
@require_GET
@never_cache
def list_page(request: HttpRequest) -> HttpResponse:
    """All campaigns with state, goal and what was raised."""
    context = {
        "standings": campaigns_with_standing(drafts=True),
        "has_organisation": Organisation.objects.exists(),
    }
    return render(request, "donations/office_campaigns.html", context)


@entrance(Role.OFFICE)
@require_GET
@never_cache
def one_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign: where it stands, what comes next and what that does, its promises."""
    campaign = found(campaign_id)
    context: dict[str, Any] = {
        "campaign": campaign,
        "standing": standing_of(campaign),
        "chips": impacts_of(campaign),
        "operating_per_cent": tenths(campaign.operating_per_mille),
        "is_mine": campaign.submitted_by_id == request.actor.pk,  # type: ignore[attr-defined]
        "pictures": list(campaign.pictures.defer("content").order_by("number")),
        "updates": list(campaign.updates.order_by("-id")),
        "report": campaign.reports.select_related("settled_by__user").first(),
        **_cards(campaign),
    }
    if campaign.state == Campaign.State.CLOSED:
        context |= {
            "figures": figures_of(campaign),
            "unfinished": unfinished_gifts(campaign),
            "differing_yen": books_differ_yen(campaign),
            "questions": open_questions(campaign),
        }
    return render(request, "donations/office_campaign.html", context)


def _cards(campaign: Campaign) -> dict[str, Any]:
    """The saved cards of an all-or-nothing campaign, and the job that works through them."""
    if not campaign.is_all_or_nothing or not campaign.was_opened:
        return {}
    cards, job = cards_of(campaign), Job.objects.filter(pk=campaign.job_id).first()
    is_running = job is not None and job.state == Job.State.RUNNING
    may_go_on = campaign.goal_met is not None and cards.saved > 0 and not is_running
    return {"cards": cards, "job": job, "may_go_on": may_go_on}


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def edit_page(request: HttpRequest, campaign_id: int | None = None) -> HttpResponse:
    """Write a new campaign, or change a draft. What was typed stays when something is refused."""
    campaign = found(campaign_id) if campaign_id else Campaign()
    initial = written(campaign) if campaign_id else usual()
    form = CampaignForm(request.POST or None, initial=initial, pictures=_numbers(campaign))
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            campaign = draft_campaign(
                organisation=form.cleaned_data["organisation"],
                plan=form.plan(),
                actor=request.actor,  # type: ignore[attr-defined]
                campaign=campaign if campaign_id else None,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The draft was kept. Nobody outside sees it yet."))
            return redirect("office-campaign", request.program.slug, campaign.pk)  # type: ignore[attr-defined]
    return _editor(request, campaign, form, status)


def _editor(request: HttpRequest, campaign: Campaign, form: CampaignForm, status: int) -> HttpResponse:
    groups = [
        (pgettext("campaigns", "Words"), ["organisation", "title", "title_en", "story", "story_en"]),
        (_("Goal and days"), ["goal_yen", "kind", "first_day", "last_day", "takes_monthly"]),
        (pgettext("campaigns", "Gifts"), ["operating_per_mille", *PRESETS, "minimum_yen", "maximum_yen"]),
    ]
    context = {
        "campaign": campaign,
        "form": form,
        "groups": [(title, [form[name] for name in names]) for title, names in groups],
        "money_fields": {"goal_yen", *PRESETS, "minimum_yen", "maximum_yen"},
        "chips": impacts_of(campaign) if campaign.pk else [],
        "pictures": list(campaign.pictures.defer("content").order_by("number")) if campaign.pk else [],
    }
    return render(request, "donations/office_campaign_edit.html", context, status=status)


@entrance(Role.OFFICE)
@require_GET
@never_cache
def preview_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The page as donors see it, with nothing that can be sent."""
    campaign = found(campaign_id)
    program = request.program  # type: ignore[attr-defined]
    context = campaign_context(program, campaign, empty_form(campaign, "", uuid4())) | {"guard": None}
    return render(request, "donations/campaign.html", {**context, "is_preview": True})


@entrance(Role.OFFICE)
@require_POST
def submit_act(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Give a draft to a second person."""
    done = _("Another person of the secretariat can open the campaign now.")
    return _act(request, campaign_id, done, lambda c, actor: submit_campaign(campaign=c, actor=actor))


@entrance(Role.OFFICE)
@require_POST
def send_back_act(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Back to draft, with words."""
    words, seen = request.POST.get("words", ""), request.POST.get("seen", "")
    done = _("The campaign is a draft again and can be changed.")

    def verb(campaign: Campaign, actor: Any) -> Campaign:
        return send_back(campaign=campaign, words=words, actor=actor, seen=seen)

    return _act(request, campaign_id, done, verb)


@entrance(Role.OFFICE)
@require_POST
def open_act(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Open what another person submitted, as the page showed it."""
    seen = request.POST.get("seen", "")
    done = _("The campaign is open. Its page is public.")
    return _act(request, campaign_id, done, lambda c, actor: open_campaign(draft=c, actor=actor, seen=seen))


@entrance(Role.OFFICE)
@require_POST
def close_act(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Take no new gifts."""
    done = _("The campaign has ended. No new gifts are taken.")
    return _act(request, campaign_id, done, lambda c, actor: close_campaign(campaign=c, actor=actor))


@entrance(Role.OFFICE)
@require_POST
def go_on_act(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Work through the saved cards that a stopped job left."""
    done = _("The work goes on.")
    return _act(request, campaign_id, done, lambda c, actor: go_on_with_promises(campaign=c, actor=actor))


@entrance(Role.OFFICE)
@require_POST
def settle_act(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Write the final report."""
    done = _("The campaign is settled. The final report stands on its page.")
    return _act(request, campaign_id, done, lambda c, actor: settle_campaign(campaign=c, actor=actor))


def _act(
    request: HttpRequest, campaign_id: int, done: str, verb: Callable[[Campaign, Any], Any]
) -> HttpResponse:
    """Do one step and say so, or say why not; then the campaign's page again."""
    campaign = found(campaign_id)
    try:
        verb(campaign, request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("office-campaign", request.program.slug, campaign.pk)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def story_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Change the words of an opened campaign."""
    campaign = found(campaign_id)
    initial = {"story": campaign.story, "story_en": campaign.story_en}
    form = StoryForm(request.POST or None, initial=initial, pictures=_numbers(campaign))
    done = _("The story was changed. Donors see it now.")

    def change(actor: Any) -> None:
        revise_story(campaign=campaign, actor=actor, **form.cleaned_data)

    return _change(request, campaign, form, change, (done, "donations/office_campaign_story.html"))


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def extend_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Give an open campaign a later last day."""
    campaign = found(campaign_id)
    form = ExtendForm(request.POST or None, initial={"last_day": campaign.last_day})
    done = _("Gifts are taken until the new last day.")

    def change(actor: Any) -> None:
        extend_campaign(campaign=campaign, actor=actor, **form.cleaned_data)

    return _change(request, campaign, form, change, (done, "donations/office_campaign_extend.html"))


def _change(
    request: HttpRequest,
    campaign: Campaign,
    form: forms.Form,
    change: Callable[[Any], None],
    words_and_template: tuple[str, str],
) -> HttpResponse:
    """A page with one form: done and back to the campaign, or drawn again with what was typed."""
    done, template = words_and_template
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            change(request.actor)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, done)
            return redirect("office-campaign", request.program.slug, campaign.pk)  # type: ignore[attr-defined]
    return render(request, template, {"campaign": campaign, "form": form}, status=status)


def found(campaign_id: int) -> Campaign:
    """The campaign in any state, or 404."""
    with_people = Campaign.objects.select_related("organisation", "submitted_by__user", "opened_by__user")
    campaign: Campaign = get_object_or_404(with_people, pk=campaign_id)
    return campaign


def _numbers(campaign: Campaign) -> list[int]:
    return list(campaign.pictures.values_list("number", flat=True)) if campaign.pk else []
