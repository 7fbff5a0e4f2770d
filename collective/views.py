"""The secretariat's home, and who works in the program."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collective.desk import desk
from collective.forms import AgainForm, InviteForm
from collective.mail_log import lines_of, mails_to, samples_by_audience, samples_of
from collective.queries import places_to_work, roles_counted, staff, words_of_sent
from collective.write_again import write_again
from kernel.errors import Refused
from outbox.mail_kinds import MAIL_KINDS
from outbox.mail_queries import counting_returns, doubtful_addresses, stopped_addresses
from outbox.models import Mail, MailReturn
from people.approve_invitation import approve_invitation
from people.deactivate import deactivate
from people.invite import invite, open_invitations
from people.withdraw_invitation import withdraw_invitation
from programs.entering import entrance
from programs.models import Membership, Role

PAGE = 50


@entrance(Role.OFFICE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits, since when, and where it is done."""
    return render(request, "collective/desk.html", {"desk": desk()})


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Who works here, who is invited, and the form to invite."""
    form = InviteForm(request.POST or None, places=places_to_work())
    status = 422 if form.errors else 200
    if form.is_valid():
        role, about = Role(form.cleaned_data["role"]), form.about()
        try:
            sent = invite(email=form.cleaned_data["email"], role=role, actor=request.actor, about=about)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error("email", str(refusal))
            status = refusal.status
        else:
            messages.success(request, words_of_sent(sent))
            return redirect("office-people", request.program.slug)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "page": Paginator(staff(), PAGE).get_page(request.GET.get("page")),
        "invitations": open_invitations().select_related("invited_by__user").order_by("-id")[:PAGE],
        "counted": roles_counted(),
    }
    return render(request, "collective/people.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def end_membership(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Take a role away; the person keeps their account."""

    def end(actor: Membership) -> str:
        ended = deactivate(membership_id=membership_id, actor=actor)
        return _("%(person)s can no longer enter in this role.") % {"person": ended.user}

    return _done_with_people(request, end)


@entrance(Role.OFFICE)
@require_POST
def approve_act(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Let a new colleague of the secretariat in: the second person's yes."""

    def approve(actor: Membership) -> str:
        return words_of_sent(approve_invitation(invitation_id=invitation_id, actor=actor))

    return _done_with_people(request, approve)


@entrance(Role.OFFICE)
@require_POST
def withdraw_act(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an open invitation back."""

    def withdraw(actor: Membership) -> str:
        gone = withdraw_invitation(invitation_id=invitation_id, actor=actor)
        return _("The invitation to %(email)s was withdrawn.") % {"email": gone.email}

    return _done_with_people(request, withdraw)


def _done_with_people(request: HttpRequest, act: Callable[[Membership], str]) -> HttpResponse:
    """Do it, say what came of it, and back to the list. Somebody else's or nobody's is not there."""
    try:
        words = act(request.actor)  # type: ignore[attr-defined]
    except ObjectDoesNotExist as error:
        raise Http404("not there") from error
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("office-people", request.program.slug)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_GET
def mails_page(request: HttpRequest) -> HttpResponse:
    """Every kind of mail that goes out, by who gets it."""
    return render(request, "collective/mails.html", {"groups": samples_by_audience()})


@entrance(Role.OFFICE)
@require_GET
def mail_sample(request: HttpRequest) -> HttpResponse:
    """One kind of mail as it looks, in both languages, with made-up facts. Without a kind: to the list."""
    kind = request.GET.get("kind", "")
    if not kind:
        return redirect("office-mails", request.program.slug)  # type: ignore[attr-defined]
    if kind not in MAIL_KINDS:
        raise Http404("no such kind of mail")
    context = {
        "kind": MAIL_KINDS[kind],
        "samples": samples_of(kind, request.program),  # type: ignore[attr-defined]
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "collective/mail_sample.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def mails_sent(request: HttpRequest) -> HttpResponse:
    """Which mail went when to whom. An address is asked for by POST, so that it stands in no log."""
    asked = request.POST.get("address", "").strip()
    mails = mails_to(asked, program_id=request.program.pk) if asked else Mail.objects.order_by("-id")  # type: ignore[attr-defined]
    page = Paginator(mails, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "collective/mails_sent.html", {"page": page, "lines": lines_of(page), "asked": asked}
    )


@entrance(Role.OFFICE)
@require_GET
def mails_back(request: HttpRequest) -> HttpResponse:
    """Addresses that mails do not reach, and those where they sometimes come back."""
    page = Paginator(stopped_addresses(), PAGE).get_page(request.GET.get("page"))
    doubtful = list(doubtful_addresses()[:PAGE])
    context = {
        "page": page,
        "stopped": list(zip(page, lines_of([row.mail for row in page]), strict=True)),
        "doubtful": list(zip(doubtful, lines_of([row.mail for row in doubtful]), strict=True)),
    }
    return render(request, "collective/mails_back.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def mail_again_page(request: HttpRequest, return_id: int) -> HttpResponse:
    """What came back from one address, and the form to write there again."""
    returned = get_object_or_404(MailReturn.objects.select_related("mail"), pk=return_id)
    form = AgainForm(request.POST or None)
    if form.is_valid():
        write_again(returned=returned, reason=form.cleaned_data["reason"], actor=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Mails go to %(address)s again.") % {"address": returned.mail.masked})
        return redirect("office-mails-back", request.program.slug)  # type: ignore[attr-defined]
    same = MailReturn.objects.filter(address_key=returned.address_key)
    mails = [row.mail for row in same.select_related("mail").order_by("-id")[:PAGE]]
    context = {
        "returned": returned,
        "form": form,
        "lines": lines_of(mails),
        "counts": counting_returns().filter(pk=returned.pk).exists(),
    }
    return render(request, "collective/mail_again.html", context, status=422 if form.errors else 200)
