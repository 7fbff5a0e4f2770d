"""The account itself: the receiving organisation's name, as the hosted page shows it."""

from __future__ import annotations

from stripe_standin.books import Books
from stripe_standin.store import Object

NAMELESS = "テスト用の団体"


def set_name(books: Books, name: str) -> Object:
    return books.put("merchant", {"id": books.account, "name": name})


def name_of(books: Books) -> str:
    merchant = books.find("merchant", books.account)
    return str(merchant["name"]) if merchant else NAMELESS


def account_answer(books: Books) -> Object:
    name = name_of(books)
    return {
        "id": books.account,
        "object": "account",
        "business_profile": {"name": name, "url": None},
        "charges_enabled": True,
        "country": "JP",
        "default_currency": "jpy",
        "details_submitted": True,
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": name, "timezone": "Asia/Tokyo"}},
        "type": "standard",
    }
