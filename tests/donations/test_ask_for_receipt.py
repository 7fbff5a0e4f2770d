"""donations.ask_for_receipt: who a receipt is for, sealed."""

from dataclasses import replace

import pytest

from donations.ask_for_receipt import ask_for_receipt, ask_for_year
from donations.errors import (
    AlreadyOnReceipt,
    CannotBeWritten,
    NameAndAddressNeeded,
    NothingToReceipt,
    NotSettled,
    ReceiptRefused,
)
from donations.models import Addressee, Campaign, Organisation, Receipt, ReceiptAsk
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import begin, work_off
from tests.donations.receipts_cast import HANAKO, MAIL, a_gift, a_receipt, an_ask, set_up


def test_name_and_address_are_kept_sealed(campaign: Campaign, office: Membership) -> None:
    ask = an_ask(a_gift(campaign, office))

    kept = ReceiptAsk.objects.get()
    assert kept.addressee == HANAKO and kept.email == MAIL
    assert "髙﨑".encode() not in bytes(kept.sealed_addressee)
    assert Message.objects.filter(topic="receipt_asked").count() == 1
    assert "髙" not in repr(ask.addressee)


def test_asked_again_is_one_with_the_newer_words(campaign: Campaign, office: Membership) -> None:
    gift = a_gift(campaign, office)
    an_ask(gift)
    an_ask(gift, replace(HANAKO, name="田中 花子"))

    assert ReceiptAsk.objects.get().addressee.name == "田中 花子"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (Addressee("", "150-0001", "東京都"), NameAndAddressNeeded),
        (Addressee("髙﨑", "150-0001", " "), NameAndAddressNeeded),
        (Addressee("花子😀", "150-0001", "東京都"), CannotBeWritten),
    ],
)
def test_a_name_that_no_receipt_can_carry_is_refused(
    campaign: Campaign, office: Membership, who: Addressee, refusal: type[ReceiptRefused]
) -> None:
    with pytest.raises(refusal):
        an_ask(a_gift(campaign, office), who)
    assert not ReceiptAsk.objects.exists() and not Message.objects.exists()


def test_a_gift_that_is_not_paid_has_none(campaign: Campaign) -> None:
    with pytest.raises(NotSettled):
        ask_for_receipt(donation=begin(campaign), addressee=HANAKO, actor=None)
    assert not ReceiptAsk.objects.exists()


def test_after_it_was_issued_the_words_stand(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office)
    receipt = a_receipt(campaign, office)

    with pytest.raises(AlreadyOnReceipt):
        an_ask(receipt.lines.get().donation, replace(HANAKO, name="田中 花子"))
    assert ReceiptAsk.objects.get().addressee == HANAKO


def test_a_settled_gift_gets_its_receipt_by_itself(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office)
    an_ask(a_gift(campaign, office))

    work_off()

    assert Receipt.objects.get().issued_by is None


def test_while_the_settings_are_missing_it_waits(campaign: Campaign, office: Membership) -> None:
    an_ask(a_gift(campaign, office))
    work_off()
    assert not Receipt.objects.exists()


def test_a_year_is_asked_for_once_with_the_signed_in_address(
    campaign: Campaign,
    organisation: Organisation,
    program: Program,
    other_program: Program,
    office: Membership,
) -> None:
    a_gift(campaign, office)
    hanako = member(program, Role.DONOR, MAIL)
    for year in (0, 1900, 9999, 32767, 99999):
        with pytest.raises(NothingToReceipt):
            ask_for_year(organisation=organisation, year=year, addressee=HANAKO, actor=hanako)
    for name in ("髙﨑 𠮷子", "田中 花子"):
        who = replace(HANAKO, name=name)
        ask_for_year(organisation=organisation, year=2026, addressee=who, actor=hanako)

    ask = ReceiptAsk.objects.get()
    assert (ask.email, ask.year, ask.addressee.name) == (MAIL, 2026, "田中 花子")
    with acting_in(other_program.pk):
        assert not ReceiptAsk.objects.exists()
