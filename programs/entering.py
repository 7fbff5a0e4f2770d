"""Who may come in at a door. Every view carries exactly one of these; tests/house looks.

@open_to_all         anyone, signed in or not
@signed_in           any signed-in person, no program needed
@entrance(Role...)   people with that role in the program of the address; others get 404
@by_capability       the secret in the address or the signature of the body is the key
@by_device_token     a till or a school's system, by its token (the API)
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from programs.models import STAFF_ROLES, Membership, Role
from programs.scope import current_scope
from programs.scoping import acting_in

View = Callable[..., HttpResponse]


def _marked(view: View, door: str, roles: tuple[Role, ...] = ()) -> View:
    view.door = door  # type: ignore[attr-defined]
    view.roles = roles  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """Anyone may come in."""
    return _marked(view, "open")


def by_capability(view: View) -> View:
    """The address or the body's signature is the key."""
    return _marked(view, "capability")


def by_device_token(view: View) -> View:
    """A device's token is the key."""
    return _marked(view, "device")


def signed_in(view: View) -> View:
    """Any signed-in person."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return _kept_nowhere(view(request, *args, **kwargs))

    return _marked(guarded, "signed_in")


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """A page for one person stays in no cache: on a shared tablet "back" would show it to the next."""
    if "Cache-Control" not in response:
        add_never_cache_headers(response)
    return response


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with more than a mailed code or a password.

    The demo's links count as a second factor; settings refuse DEMO anywhere else.
    """
    methods = _methods(request)
    return "mfa" in methods or (settings.DEMO and "demo" in methods)


def came_with_password(request: HttpRequest) -> bool:
    """Whether this session was opened with a password, or with the invitation that had it chosen.

    Asked before a second factor is set up: a mailed code alone must not lead to one.
    """
    return "password" in _methods(request)


def _methods(request: HttpRequest) -> set[str]:
    """How this session was opened, as allauth noted it; it drops the notes when another person signs in."""
    return {record.get("method") for record in request.session.get("account_authentication_methods", [])}


def _in_scope(request: HttpRequest) -> AbstractContextManager[None]:
    """The program's scope: open already, but for a view that keeps transactions of its own."""
    if current_scope().program_id is not None:
        return nullcontext()
    program = request.program  # type: ignore[attr-defined]
    return acting_in(program.pk, user_id=request.user.pk) if program else nullcontext()


def entrance(*roles: Role, second_factor: bool = True) -> Callable[[View], View]:
    """People who hold one of `roles` in this program; sets request.actor to that membership.

    Nobody signed in: to the sign-in page. Signed in without the role: 404, as for a missing page.
    second_factor=False is for the counter, whose enrolled device is the second factor.
    """

    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            with _in_scope(request):
                actor = (
                    Membership.objects.filter(user_id=request.user.pk, role__in=roles, is_active=True)
                    .order_by("id")
                    .first()
                )
            if actor is None:
                raise Http404("no such role here")
            if second_factor and actor.role in STAFF_ROLES and not has_second_factor(request):
                return redirect("second-factor")
            request.actor = actor  # type: ignore[attr-defined]
            return _kept_nowhere(view(request, *args, **kwargs))

        return _marked(guarded, "role", roles)

    return around
