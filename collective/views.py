"""The secretariat's home, and who works in the program."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collective.desk import desk
from collective.forms import InviteForm
from collective.queries import places_to_work, roles_counted, staff
from kernel.errors import Refused
from people.deactivate import deactivate
from people.invite import invite, open_invitations
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
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("office-people", request.program.slug)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "page": Paginator(staff(), PAGE).get_page(request.GET.get("page")),
        "invitations": open_invitations().order_by("-id")[:PAGE],
        "counted": roles_counted(),
    }
    return render(request, "collective/people.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def end_membership(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Take a role away; the person keeps their account."""
    try:
        ended = deactivate(membership_id=membership_id, actor=request.actor)  # type: ignore[attr-defined]
    except Membership.DoesNotExist as error:
        raise Http404("no such member") from error
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(person)s can no longer enter in this role.") % {"person": ended.user})
    return redirect("office-people", request.program.slug)  # type: ignore[attr-defined]
