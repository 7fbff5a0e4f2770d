"""Which ways to pay a checkout session offers, and their options."""

from __future__ import annotations

from stripe_standin.errors import ApiError
from stripe_standin.methods import METHODS, MOST_KONBINI_DAYS
from stripe_standin.params import Params, choice, group, integer, only
from stripe_standin.store import Object

OPTIONS = "payment_method_options"


def method_types(params: Params, *, mode: str, total_yen: int | None, customer: str | None) -> list[str]:
    """Raises ApiError for a way to pay that the mode, the amount or a missing customer rules out."""
    types: list[str] = params.get("payment_method_types") or ["card"]
    unknown = [name for name in types if name not in METHODS] if isinstance(types, list) else [str(types)]
    if unknown or (mode != "payment" and types != ["card"]):
        named = unknown or [name for name in types if name != "card"]
        message = f"The stand-in does not offer {', '.join(named)} in `{mode}` mode."
        raise ApiError(message, param="payment_method_types")
    if "customer_balance" in types and not customer:
        message = "`customer_balance` payments need a customer: give `customer`, the id of one that exists."
        raise ApiError(message, code="parameter_missing", param="customer")
    for name in types if total_yen is not None else []:
        method = METHODS[name]
        if total_yen < method.least_yen or total_yen > method.most_yen:  # type: ignore[operator]
            bounds = f"¥{method.least_yen:,} to ¥{method.most_yen:,}"
            message = f"The amount ¥{total_yen:,} is outside of what {name} takes: {bounds}."
            small = total_yen < method.least_yen  # type: ignore[operator]
            code = "amount_too_small" if small else "amount_too_large"
            raise ApiError(message, code=code, param="payment_method_types")
    return types


def options(params: Params, types: list[str]) -> Object:
    """The checked options, numbers as numbers. Bank transfers must say which kind of transfer."""
    asked = group(params, OPTIONS)
    only(asked, {"card", "customer_balance", "konbini", "paypay"}, under=OPTIONS)
    for name in asked:
        if name not in types:
            message = f"{OPTIONS}[{name}] goes with payment_method_types that include {name}."
            raise ApiError(message, param=f"{OPTIONS}[{name}]")
    said: Object = {}
    if "card" in asked:
        said["card"] = _card(group(asked, "card"))
    if "konbini" in asked:
        said["konbini"] = _konbini(group(asked, "konbini"))
    if "customer_balance" in types:
        said["customer_balance"] = _bank_transfer(group(asked, "customer_balance"))
    if "paypay" in asked:
        only(group(asked, "paypay"), set(), under=f"{OPTIONS}[paypay]")
    return said


def _card(asked: Params) -> Object:
    only(asked, {"request_three_d_secure", "setup_future_usage"}, under=f"{OPTIONS}[card]")
    said: Object = {
        "request_three_d_secure": choice(
            asked, "request_three_d_secure", ("any", "automatic", "challenge"), "automatic"
        )
    }
    if usage := choice(asked, "setup_future_usage", ("off_session", "on_session"), None):
        said["setup_future_usage"] = usage
    return said


def _konbini(asked: Params) -> Object:
    only(asked, {"expires_after_days"}, under=f"{OPTIONS}[konbini]")
    if "expires_after_days" not in asked:
        return {}
    name = f"{OPTIONS}[konbini][expires_after_days]"
    days = integer(asked["expires_after_days"], name)
    if not 1 <= days <= MOST_KONBINI_DAYS:
        raise ApiError(f"{name} must be between 1 and {MOST_KONBINI_DAYS}.", param=name)
    return {"expires_after_days": days}


def _bank_transfer(asked: Params) -> Object:
    under = f"{OPTIONS}[customer_balance]"
    only(asked, {"bank_transfer", "funding_type"}, under=under)
    transfer = group(asked, "bank_transfer")
    only(transfer, {"type"}, under=f"{under}[bank_transfer]")
    if asked.get("funding_type") != "bank_transfer":
        message = f"Missing required param: {under}[funding_type]: it is bank_transfer."
        raise ApiError(message, code="parameter_missing", param=f"{under}[funding_type]")
    if transfer.get("type") != "jp_bank_transfer":
        message = f"{under}[bank_transfer][type] must be jp_bank_transfer for an account in Japan."
        raise ApiError(message, param=f"{under}[bank_transfer][type]")
    return {"bank_transfer": {"type": "jp_bank_transfer"}, "funding_type": "bank_transfer"}
