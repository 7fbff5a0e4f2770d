"""The cookie by which a tablet is known, and the page where it gets it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kernel.came_from import came_from
from kernel.errors import Refused
from partners.enrol_device import enrol_device
from partners.forms import EnrolForm
from partners.models import Device
from programs.entering import open_to_all

COOKIE_LASTS = 400 * 24 * 60 * 60  # the longest that browsers keep one


def cookie_name(request: HttpRequest) -> str:
    """One device secret per program; `__Host-` does not go with a path."""
    return f"device_{request.program.pk}"  # type: ignore[attr-defined]


def token_of(request: HttpRequest) -> str:
    """The secret this browser holds for this program, or ''."""
    return request.COOKIES.get(cookie_name(request), "")


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Trade the code for the device's cookie. Whoever holds the code may."""
    form = EnrolForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            enrolled = enrol_device(
                code=form.cleaned_data["code"], kind=Device.Kind.SCREEN, came_from=came_from(request)
            )
        except Refused as refusal:
            form.add_error("code", str(refusal))
            status = refusal.status
        else:
            response = redirect("counter", program=request.program.slug)  # type: ignore[attr-defined]
            keep(request, response, enrolled.token)
            return response
    elif form.is_bound:
        status = 422
    return render(request, "partners/enrol.html", {"form": form}, status=status)


def keep(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Hand the browser its secret, for this program's addresses only."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=COOKIE_LASTS,
        path=f"/{request.program.slug}/",  # type: ignore[attr-defined]
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Strict",
    )
