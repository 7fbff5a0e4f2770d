"""The family's pages: balance first, what was used, and the code to show."""

from dataclasses import dataclass, field

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from coupons.models import Coupon, Redemption, Reversal
from coupons.pace import Pace, pace
from families.models import Child
from families.queries import children_of
from kernel.clock import day_of, today
from kernel.codes import shown
from ledger.balances import stored_balances_yen
from programs.entering import entrance
from programs.models import Membership, Role

FIRST_LINES = 5  # the rest of the history opens with one tap
QUIET_ZONE = 4  # modules of white around the code, as its standard asks (ISO/IEC 18004)


@dataclass
class Use:
    """One line of the history."""

    redemption: Redemption
    reversal: Reversal | None


@dataclass
class Card:
    """One child with what is left; `coupon` is None until there is one."""

    child: Child
    coupon: Coupon | None = None
    left_yen: int = 0
    is_open: bool = False
    pace: Pace | None = None
    uses: list[Use] = field(default_factory=list)
    older: list[Use] = field(default_factory=list)

    @property
    def used_yen(self) -> int:
        """What was used and not taken back."""
        return sum(u.redemption.amount_yen for u in [*self.uses, *self.older] if u.reversal is None)


@entrance(Role.GUARDIAN)
@require_GET
@never_cache
def family_page(request: HttpRequest) -> HttpResponse:
    """One card per child, the balance the largest thing on it."""
    return render(request, "coupons/family.html", {"cards": cards_of(request.actor)})  # type: ignore[attr-defined]


@entrance(Role.GUARDIAN)
@require_GET
@never_cache
def family_code_page(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """The code of one own coupon, for the counter. never_cache says no-store: a shared phone keeps nothing."""
    mine = Coupon.objects.filter(child__in=children_of(request.actor)).exclude(state=Coupon.State.VOID)  # type: ignore[attr-defined]
    coupon = get_object_or_404(mine.select_related("child__key"), pk=coupon_id)
    context = {
        "coupon": coupon,
        "is_open": is_open(coupon),
        "short_code": shown(coupon.code),
        "qr": qr_drawing(coupon.code),
    }
    return render(request, "coupons/family_code.html", context)


def is_open(coupon: Coupon) -> bool:
    """Whether it may still be spent today."""
    return coupon.state == Coupon.State.ACTIVE and today() <= coupon.last_day


def cards_of(actor: Membership) -> list[Card]:
    """The children of this guardian, each with the newest coupon, those without one last; a fixed number of queries."""
    children = list(children_of(actor))
    coupons = Coupon.objects.filter(child__in=children).exclude(state=Coupon.State.VOID)
    newest = {c.child_id: c for c in coupons.select_related("account", "year").order_by("year__year")}
    left = stored_balances_yen(c.account for c in newest.values())
    histories = uses_of(list(newest.values()))
    cards = [_card(child, newest.get(child.pk), left, histories) for child in children]
    return sorted(cards, key=lambda card: card.coupon is None)


def _card(child: Child, coupon: Coupon | None, left: dict[int, int], histories: dict[int, list[Use]]) -> Card:
    if coupon is None:
        return Card(child)
    uses = histories.get(coupon.pk, [])
    card = Card(
        child,
        coupon,
        left_yen=left[coupon.account_id],
        is_open=is_open(coupon),
        uses=uses[:FIRST_LINES],
        older=uses[FIRST_LINES:],
    )
    if card.is_open:
        card.pace = pace(
            left_yen=card.left_yen,
            used_yen=card.used_yen,
            first_day=day_of(coupon.issued_at),
            last_day=coupon.last_day,
            on=today(),
        )
    return card


def uses_of(coupons: list[Coupon]) -> dict[int, list[Use]]:
    """Each coupon's uses, newest first, with the reversal of those taken back; two queries."""
    redemptions = list(
        Redemption.objects.filter(coupon__in=coupons).select_related("payee").order_by("-redeemed_at", "-id")
    )
    reversals = {r.redemption_id: r for r in Reversal.objects.filter(redemption__coupon__in=coupons)}
    found: dict[int, list[Use]] = {}
    for redemption in redemptions:
        found.setdefault(redemption.coupon_id, []).append(Use(redemption, reversals.get(redemption.pk)))
    return found


def qr_drawing(code: str) -> SafeString:
    """The code as an SVG element: level M, black on white, no style of its own (the CSP refuses it)."""
    made = segno.make_qr(code, error="m", boost_error=False)
    drawn = made.svg_inline(border=QUIET_ZONE, omitsize=True, dark="#000", light="#fff")
    named = format_html('<svg role="img" aria-label="{}" ', _("Code for the counter"))
    return SafeString(drawn.replace("<svg ", named, 1))
