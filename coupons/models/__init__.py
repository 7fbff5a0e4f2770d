"""The floor's nouns."""

from coupons.models.coupon import Coupon
from coupons.models.rules import Category, UseRules
from coupons.models.use import Expiry, Redemption, Reversal

__all__ = ["Category", "Coupon", "Expiry", "Redemption", "Reversal", "UseRules"]
