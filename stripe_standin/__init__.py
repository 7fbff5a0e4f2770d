"""A stand-in for Stripe's servers, for the demo and the tests. The product never imports it.

It speaks Stripe's HTTP API as the pinned SDK does, shows a hosted payment page, keeps its own
books and sends signed webhooks. No real money can move: live keys are refused.
"""

API_VERSION = "2026-10-28.endive"  # what stripe-python 16.1.0 pins
