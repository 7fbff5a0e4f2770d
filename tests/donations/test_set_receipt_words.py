"""donations.set_receipt_words: what an organisation's receipts state about it; and the forms of the law."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Record
from donations.add_organisation import read_legal_form
from donations.errors import LegalFormDiffers
from donations.models import Organisation
from donations.set_receipt_words import set_receipt_words
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.receipts_cast import STATED, set_up


def test_it_is_kept_and_the_trail_says_which_changed(organisation: Organisation, office: Membership) -> None:
    assert not organisation.can_receipt

    kept = set_up(organisation, office)

    assert kept.can_receipt and kept.representative == STATED["representative"]
    assert "representative" in Record.objects.get(verb="organisation.receipt_words_set").facts["changed"]


def test_a_repeat_changes_nothing(organisation: Organisation, office: Membership) -> None:
    set_up(organisation, office)
    set_up(organisation, office)
    assert Record.objects.filter(verb="organisation.receipt_words_set").count() == 1


def test_keys_and_accounts_are_out_of_reach(organisation: Organisation, office: Membership) -> None:
    stated: dict[str, Any] = {"name": "別の団体", "sealed_stripe_key": b"", "is_live": True}

    set_receipt_words(organisation=organisation, stated=stated, actor=office)

    organisation.refresh_from_db()
    assert (organisation.name, organisation.is_live) == ("まなびの会", False)


def test_a_stranger_may_not(organisation: Organisation, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        set_up(organisation, stranger)
    assert not Organisation.objects.exclude(representative="").exists()


def test_another_programs_organisation_is_not_there(
    organisation: Organisation, office: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk), pytest.raises(Organisation.DoesNotExist):
        set_up(organisation, office)


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2022, 3, 31), False),
        (date(2022, 4, 1), True),
        (date(2027, 3, 31), True),
        (date(2027, 4, 1), False),
    ],
)
def test_both_ends_of_the_certification_count(
    organisation: Organisation, office: Membership, day: date, answer: bool
) -> None:
    assert set_up(organisation, office).is_deductible(day) is answer


def test_no_other_form_is_ever_deductible(organisation: Organisation, office: Membership) -> None:
    assert not set_up(organisation, office, legal_form="none", legal_form_words="").is_deductible(
        date(2026, 1, 1)
    )


def test_the_database_knows_the_forms_and_the_order_of_days(organisation: Organisation) -> None:
    for wrong in (
        {"legal_form": "church"},
        {"receipt_date_policy": "any"},
        {"certified_from": date(2026, 4, 2), "certified_until": date(2026, 4, 1)},
    ):
        with pytest.raises(IntegrityError, match="organisation_"), transaction.atomic():
            Organisation.objects.filter(pk=organisation.pk).update(**wrong)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("certified_npo", ("certified_npo", "")),
        ("認定NPO法人", ("certified_npo", "認定NPO法人")),
        ("認定特定非営利活動法人", ("certified_npo", "認定特定非営利活動法人")),
        ("公益財団法人", ("public_interest", "公益財団法人")),
        ("NPO法人", ("none", "NPO法人")),
        ("一般社団法人", ("none", "一般社団法人")),
        ("", ("none", "")),
    ],
)
def test_a_written_form_is_read(said: str, read: tuple[str, str]) -> None:
    assert read_legal_form(said) == read


def test_words_of_another_form_write_nothing(organisation: Organisation, office: Membership) -> None:
    with pytest.raises(LegalFormDiffers):
        set_up(organisation, office, legal_form_words="公益財団法人")
    organisation.refresh_from_db()
    assert organisation.representative == "" and not Record.objects.filter(
        verb="organisation.receipt_words_set"
    )
