"""Tests of the stand-in Stripe server. None of them needs Django or its database."""
