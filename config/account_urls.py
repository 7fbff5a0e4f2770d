"""allauth's pages that we use, by name, each with its door. Sign-up is closed; e-mail management is left out."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path, re_path

from config import accounts
from programs.entering import by_capability, open_to_all, signed_in

urlpatterns = [
    path("login/", open_to_all(account.login), name="account_login"),
    path("login/code/", open_to_all(account.request_login_code), name="account_request_login_code"),
    path("login/code/confirm/", open_to_all(account.confirm_login_code), name="account_confirm_login_code"),
    path("logout/", open_to_all(account.logout), name="account_logout"),
    path("inactive/", open_to_all(account.account_inactive), name="account_inactive"),
    path("signup/", open_to_all(account.signup), name="account_signup"),  # always says "closed"
    path("reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", signed_in(account.password_change), name="account_change_password"),
    path("password/set/", signed_in(account.password_set), name="account_set_password"),
    path("password/reset/", open_to_all(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/", open_to_all(account.password_reset_done), name="account_reset_password_done"
    ),
    path(
        "password/reset/key/done/",
        open_to_all(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(  # the key has hyphens of its own: <slug> would take the first part of it
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        by_capability(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("2fa/", signed_in(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", open_to_all(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", signed_in(accounts.activate_app), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", signed_in(accounts.deactivate_app), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        signed_in(accounts.with_second_factor(recovery.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        signed_in(accounts.with_second_factor(recovery.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        signed_in(accounts.with_second_factor(recovery.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
]
