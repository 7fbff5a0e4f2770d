"""The page behind the link of an invitation."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kernel.errors import Refused
from people.accept_invitation import accept_invitation, find_invitation, needs_password
from people.errors import InvitationOver
from people.forms import JoinForm
from programs.entering import by_capability
from programs.models import STAFF_ROLES, User


@by_capability
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and one button to join; then the person is signed in."""
    try:
        invitation = find_invitation(token)
    except InvitationOver as refusal:
        return _unlogged(
            render(request, "people/invitation_over.html", {"refusal": refusal}, status=refusal.status)
        )
    known = User.objects.filter(email=invitation.email).first()
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        email=invitation.email,
        with_name=invitation.role in STAFF_ROLES and not (known and known.name),
        with_password=needs_password(invitation, known),
    )
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            return _join(request, token, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    context = {"invitation": invitation, "form": form}
    return _unlogged(render(request, "people/invitation.html", context, status=status))


def _unlogged(response: HttpResponse) -> HttpResponse:
    """Django logs the address of every 4xx; this one holds a key that may still work."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _join(request: HttpRequest, token: str, form: JoinForm) -> HttpResponse:
    """Accept, then sign in by allauth's stages: an account with an app is asked for its code."""
    password = form.cleaned_data.get("password", "")
    member = accept_invitation(token=token, name=form.cleaned_data.get("name", ""), password=password)
    if request.user.is_authenticated:
        logout(request)
    method = "password" if password else "code"
    # A password chosen this moment need not be typed again before the app is set up.
    fresh = True if password else None
    record_authentication(request, member.user, method, email=member.user.email, reauthenticated=fresh)
    response: HttpResponse = perform_login(request, member.user, redirect_url="/start/")
    return response
