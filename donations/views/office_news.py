"""The secretariat's pages about a campaign's pictures and updates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.add_picture import add_picture
from donations.ask_for_copy import ask_for_copy
from donations.draft_update import draft_update
from donations.forms.campaigns import PictureForm, UpdateForm, written_update
from donations.models import Campaign, CampaignPicture, CampaignUpdate
from donations.post_update import post_update
from donations.queries import donors_to_tell
from donations.remove_picture import remove_picture
from donations.update_mail import mail_of_update
from donations.views.campaign_page import update_context
from donations.views.office_campaigns import found
from kernel.errors import Refused
from programs.entering import entrance
from programs.models import Role


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def pictures_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The campaign's pictures, how a text shows them, and a form for one more."""
    campaign = found(campaign_id)
    form = PictureForm(request.POST or None, request.FILES or None)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            picture = add_picture(
                campaign=campaign,
                content=said["picture"].read(),
                alt=said["alt"],
                alt_en=said["alt_en"],
                actor=request.actor,  # type: ignore[attr-defined]
            )
        except Refused as refusal:
            form.add_error("picture", str(refusal))
        else:
            messages.success(request, _("Picture %(number)s was added.") % {"number": picture.number})
            return redirect("office-campaign-pictures", request.program.slug, campaign.pk)  # type: ignore[attr-defined]
    pictures = list(campaign.pictures.defer("content").order_by("-number"))
    context = {"campaign": campaign, "form": form, "pictures": pictures}
    return render(request, "donations/office_campaign_pictures.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def remove_picture_act(request: HttpRequest, picture_id: int) -> HttpResponse:
    """Take a picture away for good."""
    picture = get_object_or_404(CampaignPicture.objects.defer("content"), pk=picture_id)
    try:
        remove_picture(picture=picture, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The picture was removed."))
    return redirect("office-campaign-pictures", request.program.slug, picture.campaign_id)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def new_update_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Write an update."""
    return _update_editor(request, found(campaign_id), None)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
@never_cache
def edit_update_page(request: HttpRequest, update_id: int) -> HttpResponse:
    """Change an update that was not sent."""
    update = _update(update_id)
    return _update_editor(request, update.campaign, update)


def _update_editor(request: HttpRequest, campaign: Campaign, update: CampaignUpdate | None) -> HttpResponse:
    initial = written_update(update) if update else None
    numbers = list(campaign.pictures.values_list("number", flat=True))
    form = UpdateForm(request.POST or None, initial=initial, pictures=numbers)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            kept = draft_update(
                campaign=campaign,
                news=form.news(),
                actor=request.actor,  # type: ignore[attr-defined]
                update=update,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            return redirect("office-update", request.program.slug, kept.pk)  # type: ignore[attr-defined]
    context = {"campaign": campaign, "update": update, "form": form}
    return render(request, "donations/office_update_edit.html", context, status=status)


@entrance(Role.OFFICE)
@require_http_methods(["GET"])
@never_cache
def update_page(request: HttpRequest, update_id: int) -> HttpResponse:
    """The update as page and as mail in both languages, and the button that sends it."""
    update, program = _update(update_id), request.program  # type: ignore[attr-defined]
    context = {
        **update_context(program, update, top=4),
        "donors": update.mails.count() if update.published_at else len(donors_to_tell(update.campaign)),
        "mails": [(language, mail_of_update(update, program, language)) for language in ("ja", "en")],
    }
    return render(request, "donations/office_update.html", context)


@entrance(Role.OFFICE)
@require_POST
def post_update_act(request: HttpRequest, update_id: int) -> HttpResponse:
    """Publish and mail it; to the bar of the job, or back where there is nobody to mail."""
    slug, actor = request.program.slug, request.actor  # type: ignore[attr-defined]
    update = post_update(update=_update(update_id), actor=actor)
    if update.job_id:
        return redirect("job", slug, update.job_id)
    messages.success(request, _("The update stands on the campaign's page. There was nobody to mail."))
    return redirect("office-update", slug, update.pk)


@entrance(Role.OFFICE)
@require_POST
def copy_update_act(request: HttpRequest, update_id: int) -> HttpResponse:
    """Mail a copy to oneself, in the language of the button."""
    slug, actor = request.program.slug, request.actor  # type: ignore[attr-defined]
    update, language = _update(update_id), "en" if request.POST.get("language") == "en" else "ja"
    ask_for_copy(update=update, language=language, actor=actor)
    messages.success(request, _("A copy is on its way to %(address)s.") % {"address": actor.user.email})
    return redirect("office-update", slug, update.pk)


def _update(update_id: int) -> CampaignUpdate:
    with_campaign = CampaignUpdate.objects.select_related("campaign__organisation", "published_by__user")
    update: CampaignUpdate = get_object_or_404(with_campaign, pk=update_id)
    return update
