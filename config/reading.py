"""How a reader wants Japanese shown: readings above kanji, on or off."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from programs.entering import open_to_all

ONE_YEAR = 60 * 60 * 24 * 365


@open_to_all
@require_POST
def set_furigana(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in a cookie and goes back to the page it was made on, never to another host."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)  # redirect() would take a word for a view's name
    choice = "off" if request.POST.get("furigana") == "off" else "on"
    response.set_cookie(
        "furigana", choice, ONE_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response
