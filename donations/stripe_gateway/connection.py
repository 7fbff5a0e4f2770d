"""How Stripe is reached: one account per receiving organisation, its errors in our words.

Nothing in this folder touches the database, and nothing is called while a lock is held.
STRIPE_API_BASE sends all calls to a stand-in instead.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from donations.errors import PaymentPageRefused, PaymentServiceAway
from donations.models import LIVE_KEYS, Organisation

log = logging.getLogger(__name__)
logging.getLogger("stripe").setLevel(logging.WARNING)  # its INFO lines carry addresses of payment pages

TIMEOUT_SECONDS = 10


def client_of(organisation: Organisation) -> stripe.StripeClient:
    """Stripe, with the key of one organisation."""
    key = organisation.stripe_key
    if settings.STRIPE_API_BASE and key.startswith(LIVE_KEYS):
        raise ImproperlyConfigured("A live Stripe key never goes with a stand-in: take STRIPE_API_BASE away.")
    addresses: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        key,
        base_addresses=addresses,
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


@contextmanager
def answers() -> Iterator[None]:
    """Stripe's errors in our words."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        log.warning(
            "Stripe refused: %s %s %s", error.code, getattr(error, "param", ""), error.request_id
        )  # its words may name a person
        raise PaymentPageRefused from error
    except stripe.StripeError as error:
        log.warning("Stripe is away: %s %s", type(error).__name__, error.request_id)
        raise PaymentServiceAway from error


def noted(metadata: Any, name: str) -> str:
    """What we noted on a thing at Stripe; its objects are no dictionaries."""
    return str(metadata[name]) if metadata and name in metadata else ""
