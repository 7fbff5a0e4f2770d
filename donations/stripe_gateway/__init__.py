"""Stripe, in our words. The only folder that imports stripe; connection.py says the rules."""
