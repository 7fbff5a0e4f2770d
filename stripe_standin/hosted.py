"""Everything under /c/: which page a path leads to, and the style they share."""

from __future__ import annotations

import re
from pathlib import Path

from stripe_standin import checkout, pages, portal_doors, slips
from stripe_standin.api import Answer, Request
from stripe_standin.store import Store
from stripe_standin.web import lang_of, page

STYLE = Path(__file__).with_name("page.css")


def serve(store: Store, request: Request) -> Answer:
    """Answer one request of a browser."""
    if request.path == "/c/page.css":
        return Answer(200, STYLE.read_bytes(), {"Content-Type": "text/css; charset=utf-8"})
    if place := re.fullmatch(r"/c/(pay|3ds|paypay)/(cs_test_[A-Za-z0-9]+)", request.path):
        return checkout.serve(store, request, door=place[1], session_id=place[2])
    if place := re.fullmatch(r"/c/(voucher|transfer)/(pi_[a-z0-9]+)", request.path):
        return slips.serve(store, request, door=place[1], intent_id=place[2])
    if place := re.fullmatch(r"/c/portal/(bps_[a-z0-9]+)(?:/(card|end))?", request.path):
        return portal_doors.serve(store, request, session_id=place[1], door=place[2] or "")
    return page(404, pages.closed("lost", lang=lang_of(None, request)))
