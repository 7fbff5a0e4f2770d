"""What stands in front of giving: a form that was really read, and not too many of them from one place.

Two gates. check_form() looks at the form alone: an empty trap, a mark that we signed for this form, at least
three seconds old, and while the shield is up an answer that costs a machine some work. admit() looks at who
asks, once a gift is written and before it is committed: a refusal undoes it, and a repeat is no new gift.
Konbini and bank transfers cannot try out cards: for them (is_card=False) the shield asks and halves nothing.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.signing import BadSignature, Signer

from donations.errors import FormTooOld, FormTooQuick, PersonNotShown, TooManyGifts, TooManyOpen, TrapFilled
from donations.models import Donation, Pledge
from donations.shield import up_since
from kernel.clock import now
from kernel.limits import Limit, give_back, take, taken

DWELL_SECONDS = 3
FORM_SECONDS = 2 * 3600
PATIENCE_SECONDS = 30  # without an answer, while the shield is up
BITS = 16  # about 65,000 SHA-256: a second on an old telephone, see static/js/give-guard.js

POSTS = Limit("gift forms sent", 40, 600)  # of one line, good or bad: so that refusing costs little
LINE = Limit("gifts begun of one line", 5, 600)
RANGE = Limit("gifts begun of one range", 25, 600)  # IPv6: 65,536 lines may belong to one person
OPEN = Limit("open gifts of one e-mail address and line", 3, 2100)
FORM = Limit("gifts of one form", 4, FORM_SECONDS)
UNANSWERED = Limit("gifts without an answer of one line", 1, 600)
UNANSWERED_IN_ALL = Limit("gifts without an answer", 10, 600)


@dataclass(frozen=True)
class Sender:
    """Where a form came from: its line ('203.0.113.7/32') and the range around it."""

    line: str
    range: str


@dataclass(frozen=True)
class Sent:
    """What a form says beside the gift."""

    mark: str
    answer: str = ""
    trap: str = ""


@dataclass(frozen=True)
class Guard:
    """What a new form carries. bits: how hard the question is; 0 asks nothing."""

    mark: str
    bits: int

    @property
    def question(self) -> str:
        """Of the mark, and short: it fits one block of SHA-256."""
        return question_of(self.mark)


def check_sender(*, program_id: int, sender: Sender) -> None:
    """Before anything is looked at. Raises TooManyGifts."""
    if not take(POSTS, f"{program_id}|{sender.line}", uuid4().hex):
        raise TooManyGifts(minutes=POSTS.seconds // 60)


def guard_for(*, campaign_id: int, request_key: UUID, sent: str = "") -> Guard:
    """The guard of a form. `sent`: the mark it came with, which is kept while it is good, for it ages."""
    age = _age_of(sent, campaign_id, request_key)
    is_good = age is not None and age <= FORM_SECONDS
    mark = sent if is_good else new_mark(campaign_id=campaign_id, request_key=request_key)
    return Guard(mark, BITS if up_since() else 0)


def new_mark(*, campaign_id: int, request_key: UUID) -> str:
    """Signed: for this campaign and this form, drawn now."""
    return _signer().sign(f"{campaign_id}.{request_key.hex}.{int(now().timestamp() * 1000)}")


def check_form(*, campaign_id: int, request_key: UUID, sent: Sent) -> None:
    """Raises TrapFilled, FormTooOld, FormTooQuick; nothing else is looked at then."""
    if sent.trap:
        raise TrapFilled
    age = _age_of(sent.mark, campaign_id, request_key)
    if age is None or age > FORM_SECONDS:
        raise FormTooOld
    if age < DWELL_SECONDS:
        raise FormTooQuick


def admit(*, donation: Donation | Pledge, sender: Sender, sent: Sent, is_card: bool = True) -> None:
    """Let a gift, single or monthly, go on to its payment page, or refuse it in the transaction that wrote it.

    Counted once for each gift, so that a repeat is free. One that has its page already passes.
    Raises PersonNotShown, TooManyGifts, TooManyOpen, FormTooOld.
    """
    if donation.session_id or not donation.is_waiting:
        return
    program, gift = str(donation.program_id), str(donation.request_key)
    is_up = is_card and up_since() is not None
    if is_up:
        _check_person(donation, sender, sent)
    line, around, form = (limit.halved() if is_up else limit for limit in (LINE, RANGE, FORM))
    if not take(form, f"{program}|{sent.mark}", gift):
        raise FormTooOld
    if not take(line, f"{program}|{sender.line}", gift):
        raise TooManyGifts(minutes=LINE.seconds // 60)
    if ":" in sender.line and not take(around, f"{program}|{sender.range}", gift):
        raise TooManyGifts(minutes=RANGE.seconds // 60)
    _check_open(donation, sender)


def _check_open(donation: Donation | Pledge, sender: Sender) -> None:
    """At most three payment pages of one e-mail address are open from one line; ended ones give their place back.

    Anybody may type somebody's address: over all lines, three pages left open would lock its owner out of giving,
    and say that someone gives with it. A bot loses nothing by it, since it has as many e-mail addresses as it likes.
    """
    who, gift = f"{donation.program_id}|{donation.email}|{sender.line}", str(donation.request_key)
    if take(OPEN, who, gift):
        return
    kept = taken(OPEN, who)
    gifts = Donation.objects.filter(request_key__in=kept, state__in=Donation.WAITING)
    monthly = Pledge.objects.filter(request_key__in=kept, state__in=Pledge.WAITING)
    open_now = gifts.values_list("request_key").union(monthly.values_list("request_key"))
    still = {str(key) for (key,) in open_now}
    give_back(OPEN, who, set(kept) - still)
    if not take(OPEN, who, gift):
        raise TooManyOpen(minutes=OPEN.seconds // 60)


def _check_person(donation: Donation | Pledge, sender: Sender, sent: Sent) -> None:
    """An answer to the question; or half a minute of patience, which few get at the same time."""
    if is_answer(sent.mark, sent.answer, BITS):
        return
    age = _age_of(sent.mark, donation.campaign_id, None)
    if age is None or age < PATIENCE_SECONDS:
        raise PersonNotShown(seconds=PATIENCE_SECONDS)
    who, gift = f"{donation.program_id}|{sender.line}", str(donation.request_key)
    if not take(UNANSWERED, who, gift) or not take(UNANSWERED_IN_ALL, str(donation.program_id), gift):
        raise TooManyGifts(minutes=UNANSWERED.seconds // 60)


def question_of(mark: str) -> str:
    """The question that a mark asks."""
    return hashlib.sha256(mark.encode()).hexdigest()[:32]


def is_answer(mark: str, answer: str, bits: int) -> bool:
    """Whether SHA-256 of 'question:answer' begins with so many zero bits."""
    if not (answer.isascii() and answer.isdigit() and len(answer) <= 12):
        return False
    digest = hashlib.sha256(f"{question_of(mark)}:{answer}".encode()).digest()
    return int.from_bytes(digest[:8]) >> (64 - bits) == 0


def _age_of(mark: str, campaign_id: int, request_key: UUID | None) -> float | None:
    """Seconds since the form was drawn; None for a mark that is not ours, of another campaign or of another form."""
    try:
        campaign, key, made_ms = _signer().unsign(mark).split(".")
    except (BadSignature, ValueError):
        return None
    if campaign != str(campaign_id) or (request_key is not None and key != request_key.hex):
        return None
    return now().timestamp() - int(made_ms) / 1000


def _signer() -> Signer:
    return Signer(salt="donations.admit")
