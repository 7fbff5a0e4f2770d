"""渋谷's receipts: what they state, one run that issued some, and a few that wait."""

from datetime import date

from config.demo_data.people import donor_name
from donations.ask_for_receipt import ask_for_receipt
from donations.issue_receipts import issue_receipts
from donations.models import Addressee, Donation, Organisation, Receipt
from donations.set_receipt_words import set_receipt_words
from kernel.clock import day_of, now
from outbox.jobs import RUN_JOB, run_steps
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

ISSUED, WAITING = 5, 2
FIRST = 3  # the number of the donor who can be signed in as


def issue_first_receipts(program: Program) -> None:
    """Idempotent: nothing happens where a receipt stands, nor where no past campaign brought gifts."""
    with acting_in(program.pk):
        organisation = Organisation.objects.filter(legal_form="certified_npo").first()
        if organisation is None or Receipt.objects.exists():
            return
        office = Membership.objects.filter(role=Role.OFFICE).order_by("id").first()
        gifts = list(Donation.objects.order_by("id")[FIRST : FIRST + ISSUED + WAITING])
        if office is None or not gifts or gifts[0].paid_at is None:
            return
        year = day_of(gifts[0].paid_at).year
        _state(organisation, date(year - 1, 4, 1), office)
        _ask(gifts[:ISSUED])
        job = issue_receipts(organisation=organisation, year=year, actor=office)
        message = Message.objects.get(topic=RUN_JOB, about=f"job:{job.pk}")
    run_steps(program.pk, message)
    with acting_in(program.pk):
        _ask(gifts[ISSUED:])
        told = (RUN_JOB, "receipt_asked", "receipt_issued")  # nobody is told of what was made up
        Message.objects.filter(topic__in=told, done_at=None).update(done_at=now())


def _state(organisation: Organisation, certified_on: date, office: Membership) -> None:
    stated = {
        "receipt_address": "東京都渋谷区宇田川町1番1号（見本）",
        "representative": "代表理事 見本 花子",
        "certification_number": "見本第1号",
        "certified_on": certified_on,
        "certified_from": certified_on,
    }
    set_receipt_words(organisation=organisation, stated=stated, actor=office)


def _ask(gifts: list[Donation]) -> None:
    for number, gift in enumerate(gifts):
        addressee = Addressee(
            donor_name(number + FIRST), "150-0042", f"東京都渋谷区宇田川町{number + 1}番（見本）"
        )
        ask_for_receipt(donation=gift, addressee=addressee, actor=None)
