"""Pages that belong to no floor: the list of programs, where to go, health, errors."""

import sys

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from kombu.exceptions import OperationalError as QueueAway
from redis.exceptions import RedisError

from config.accounts import MailAway, has_app
from config.pages_only import is_for_machines
from programs.entering import came_with_password, has_second_factor, open_to_all, signed_in
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

RETRY_AFTER_SECONDS = 30
AWAY = (OperationalError, InterfaceError, RedisError, QueueAway, MailAway)  # a part of ours that others run
HOME_OF = {
    Role.OFFICE: "office",
    Role.CITY: "city",
    Role.PROVIDER_ADMIN: "school",
    Role.COUNTER: "counter",
    Role.GUARDIAN: "family",
    Role.DONOR: "my",
}


@open_to_all
def programs_page(request: HttpRequest) -> HttpResponse:
    """All programs of this installation."""
    return render(request, "config/programs.html", {"programs": Program.objects.order_by("name")})


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """Where the signed-in person can go: straight there when it is one place."""
    with acting_in(None, user_id=request.user.pk):
        mine = list(
            Membership._base_manager.filter(user=request.user.pk, is_active=True).select_related("program")
        )
    places = [
        {
            "url": f"/{m.program.slug}/{HOME_OF[Role(m.role)]}/",
            "role": m.get_role_display(),
            "program": m.program,
        }
        for m in sorted(mine, key=lambda m: (m.program.name, m.role))
    ]
    if len(places) == 1:
        response = HttpResponse(status=302)
        response["Location"] = str(places[0]["url"])
        return response
    return render(request, "config/start.html", {"places": places})


@signed_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why staff need a second factor, and the one next step to it."""
    if has_second_factor(request):
        return redirect("start")
    step = "set_up" if came_with_password(request) else "password"
    if has_app(request.user):  # type: ignore[arg-type]  # signed_in stands before
        step = "use"
    return render(request, "config/second_factor.html", {"step": step}, status=403)


@open_to_all
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@open_to_all
def ready(request: HttpRequest) -> HttpResponse:
    """Database and Redis answer; 503 where one is away."""
    answers = {"database": _database_answers(), "redis": _redis_answers()}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except (OperationalError, InterfaceError):
        return False


def _redis_answers() -> bool:
    try:
        cache.get("ready")
        return True
    except (RedisError, OSError):
        return False


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for our own mistakes; 503 with Retry-After where the database or Redis is away."""
    error = sys.exc_info()[1]
    is_away = isinstance(error, AWAY) or (isinstance(error, DatabaseError) and connection.connection is None)
    template, status, code = (
        ("errors/503.html", 503, "try_again") if is_away else ("errors/500.html", 500, "our_mistake")
    )
    if is_for_machines(request):
        response: HttpResponse = _problem(status, code)
    else:
        response = render(request, template, {"program": getattr(request, "program", None)}, status=status)
    if is_away:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _problem(status: int, code: str) -> HttpResponse:
    """What a machine is told where no view answered; config/api_errors.py answers for the views."""
    body = {"type": "about:blank", "status": status, "error": code}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, for example an unknown host name."""
    if is_for_machines(request):
        return _problem(400, "invalid")
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: missing, or not yours; both look the same."""
    if is_for_machines(request):
        return _problem(404, "not_found")
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or cookies are off."""
    return render(request, "errors/csrf.html", {"demo": settings.DEMO}, status=403)
