"""All settings, read from the environment. A wrong value stops the start and says why.

Sections: where it runs, database, Redis, apps, Stripe, pages, people, mail, sealing, jobs, API, logs.
"""

import base64
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()


def secret(name: str, default: str | None = None) -> str:
    """NAME, or the content of the file that NAME_FILE names (Docker secrets)."""
    path = env.str(f"{name}_FILE", "")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE must name a file that can be read: {error}") from None
    return env.str(name) if default is None else env.str(name, default)


# --- Where it runs ---------------------------------------------------------------------------
DEBUG = False
DEMO = env.bool("DEMO", False)
TESTING = env.bool("TESTING", False)
SECRET_KEY = secret("SECRET_KEY")
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost"])
IS_HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 63072000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}
if DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured("DEMO has links that sign in as anyone: it runs on loopback hosts only.")
if not IS_HTTPS and urlsplit(PUBLIC_URL).hostname not in LOOPBACK:
    raise ImproperlyConfigured("PUBLIC_URL begins with https:// everywhere but on this machine itself.")


# --- Database ---------------------------------------------------------------------------------
def database(url: str, **options: Any) -> dict[str, Any]:
    """Django's dictionary for a postgres:// address."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/") or port == 0:
        raise ImproperlyConfigured("DATABASE_URL looks like postgres://user:password@host:5432/name")
    return {
        "ENGINE": "programs.database",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port or "",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {**dict(parse_qsl(parts.query)), **options},  # ?sslmode=verify-full for a server elsewhere
    }


# The application role sees one program at a time and owns nothing. The migrate role becomes the
# owner; only `migrate --database=migrate` and the making of the test database use it.
DATABASES = {
    "default": database(
        secret("DATABASE_URL"),
        connect_timeout=5,
        options="-c statement_timeout=20s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
    )
}
if migrate_url := secret("MIGRATE_DATABASE_URL", ""):
    DATABASES["migrate"] = database(migrate_url, connect_timeout=5, assume_role="sc_owner")
    DATABASES["default"]["TEST"] = {"MIRROR": "migrate"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # ours take TimeOrderedId, see each apps.py

# --- Redis: disposable. Queue, cache and rate limits; never the truth ---------------------------
REDIS_URL = secret("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# --- Apps -------------------------------------------------------------------------------------
OUR_APPS = [
    "config",
    "collective",
    "metrics",
    "partners",
    "coupons",
    "donations",
    "families",
    "people",
    "ledger",
    "audit",
    "outbox",
    "programs",
    "kernel",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    *OUR_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.pages_only.Visit",
    "django.middleware.common.CommonMiddleware",  # refuses unknown hosts
    "config.pages_only.Person",
    "allauth.account.middleware.AccountMiddleware",
    "config.refusals.RefusalMiddleware",
    "programs.middleware.ProgramMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# --- Stripe: the keys live sealed on each receiving organisation; these seed the first one -------
STRIPE_PAGES = ["https://checkout.stripe.com", "https://billing.stripe.com"]  # where a form may lead
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")  # empty: Stripe itself; else our stand-in
STRIPE_SECRET_KEY = secret("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = secret("STRIPE_WEBHOOK_SECRET", "")
if STRIPE_API_BASE:
    if urlsplit(STRIPE_API_BASE).hostname not in LOOPBACK:
        raise ImproperlyConfigured(
            "STRIPE_API_BASE is for the stand-in on loopback; leave it empty for Stripe."
        )
    if STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
        raise ImproperlyConfigured("A live Stripe key never goes with a stand-in: take STRIPE_API_BASE away.")
if DEMO and STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
    raise ImproperlyConfigured("DEMO and a live Stripe key never go together.")

# --- Pages ------------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
        },
    }
]
COTTON_DIR = "cotton"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Set in the image alone: there files are collected with a hash in their names, which browsers keep for good.
STATIC_ROOT = env.str("STATIC_ROOT", "") or None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# How long a public page's figures may be old: it is drawn once for everybody in that time. 0: drawn each time.
PAGES_REMEMBERED_SECONDS = env.float("PAGES_REMEMBERED_SECONDS", 5.0)
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_MAX_AGE = 300  # of names without a hash: scripts that load each other by name
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # Browsers hold a form's redirects to this too: giving, and another card, redirect to Stripe's page.
        "form-action": [SELF, *STRIPE_PAGES, *([STRIPE_API_BASE] if STRIPE_API_BASE else [])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "programs.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CSRF_FAILURE_VIEW = "config.pages.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = [
    "email*",
    "password1*",
]  # without it the sign-in form has no password; sign-up is closed
ACCOUNT_EMAIL_VERIFICATION = "none"  # the mailed code or invitation is the verification
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8}  # digits: any keyboard; five tries each
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Limits count by the sender's address: behind the TLS proxy that is in X-Forwarded-For, else all are one.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if IS_HTTPS else 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Study Coupon"
MFA_ADAPTER = "config.accounts.AppAdapter"
ACCOUNT_FORMS = {"confirm_login_code": "config.forms.MailedCode"}
MFA_FORMS = {
    "authenticate": "config.forms.AppCode",
    "reauthenticate": "config.forms.AppCodeAgain",
    "activate_totp": "config.forms.FirstAppCode",
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Mail -------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@example.invalid")
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", "") or None
# A provider's own interface says what became of a mail; SMTP does not. Its settings are anymail's, with ANYMAIL_
# in front: ANYMAIL_POSTMARK_SERVER_TOKEN. docs/operate.md says more.
MAIL_PROVIDERS = {"brevo", "mailgun", "mailjet", "postmark", "sparkpost"}  # those whose returns are tested
MAIL_PROVIDER = env.str("MAIL_PROVIDER", "")
ANYMAIL: dict[str, Any] = {
    name.removeprefix("ANYMAIL_").removesuffix("_FILE"): secret(name.removesuffix("_FILE"))
    for name in os.environ
    if name.startswith("ANYMAIL_")
}
ANYMAIL["REQUESTS_TIMEOUT"] = 10
if MAIL_PROVIDER and MAIL_PROVIDER not in MAIL_PROVIDERS:
    raise ImproperlyConfigured(
        f"MAIL_PROVIDER is one of {', '.join(sorted(MAIL_PROVIDERS))}, or empty for SMTP."
    )
if MAIL_PROVIDER and not re.fullmatch(r"[^:]+:.{16,}", ANYMAIL.get("WEBHOOK_SECRET", "")):
    raise ImproperlyConfigured(
        "With MAIL_PROVIDER, ANYMAIL_WEBHOOK_SECRET is name:password, the password of 16 characters or more."
    )
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if EMAIL_FILE_PATH
    else f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
    if MAIL_PROVIDER
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10

# --- Sealing: personal columns are encrypted with one key per child, wrapped by this one ----------
try:
    SEALING_KEY = base64.b64decode(secret("SEALING_KEY"), validate=True)
except ValueError:
    SEALING_KEY = b""
if len(SEALING_KEY) != 32:
    raise ImproperlyConfigured("SEALING_KEY is 32 random bytes in base64.")

# --- Jobs -------------------------------------------------------------------------------------
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 60)  # then another worker may take a message
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False  # the relay asks again by itself

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.machines.AlwaysJson",
    "DEFAULT_PARSER_CLASSES": ["config.machines.SmallJson"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "EXCEPTION_HANDLER": "config.api_errors.answer",
    "UNAUTHENTICATED_USER": None,
}

# --- Logs -------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
