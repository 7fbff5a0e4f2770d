"""Every address. `/` and `/accounts/` are for all programs; the rest begins with a program."""

from django.conf import settings
from django.urls import include, path

from config import mail_events, pages, reading

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error

urlpatterns = [
    path("<slug:program>/api/v1/", include("partners.api_urls")),  # first: tills ask it all day
    path("", pages.programs_page, name="programs"),
    path("start/", pages.start, name="start"),
    path("second-factor/", pages.second_factor, name="second-factor"),
    path("healthz/live", pages.alive, name="alive"),
    path("healthz/ready", pages.ready, name="ready"),
    path("mail-events/", mail_events.mail_events, name="mail-events"),
    path("accounts/", include("config.account_urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("furigana/", reading.set_furigana, name="set_furigana"),
]
if settings.DEMO:
    urlpatterns += [path("", include("config.demo_urls"))]
urlpatterns += [
    path("<slug:program>/", include(f"{floor}.urls"))
    for floor in (
        "donations",
        "coupons",
        "families",
        "partners",
        "metrics",
        "collective",
        "outbox",
        "people",
        "programs",
    )
]
