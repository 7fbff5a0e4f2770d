"""The secretariat's pages of receipts: settings, a year's job, papers, the donor list."""

import re
from datetime import date
from typing import Any

import pytest

from audit.models import Record
from donations.models import Campaign, Organisation, Receipt, ReceiptPaper
from donations.receipt_queries import (
    waiting_lists,
)
from outbox.models import Job
from programs.models import Membership, Program
from tests.donations.reading_paper import text_of
from tests.donations.receipts_cast import HANAKO, STATED, a_gift, a_receipt, an_ask
from tests.donations.test_receipt_screens import ready, text
from tests.families.screens import signed_in_as, url

__all__ = ["ready"]


def posted() -> dict[str, Any]:
    words = {k: v.isoformat() if isinstance(v, date) else v for k, v in STATED.items()}
    return {**words, "receipt_date_policy": "received"}


def test_the_settings_are_filled_in_and_a_sample_is_drawn(
    program: Program, organisation: Organisation, office: Membership
) -> None:
    browser, address = signed_in_as(office), url(program, f"office/receipts/organisations/{organisation.pk}/")
    assert "そろっていません" in text(browser.get(address))

    assert browser.post(address, posted()).status_code == 302

    assert "発行できます" in text(browser.get(address))
    sample = browser.get(f"{address}sample/")
    assert "見本" in text_of(sample.content) and "2生都管第1234号" in text_of(sample.content)
    assert not Receipt.objects.exists() and not ReceiptPaper.objects.exists()


def test_an_end_before_the_beginning_is_said(
    program: Program, organisation: Organisation, office: Membership
) -> None:
    address = url(program, f"office/receipts/organisations/{organisation.pk}/")

    answer = signed_in_as(office).post(address, {**posted(), "certified_until": "2020-01-01"})

    assert answer.status_code == 422 and "最終日は" in text(answer)
    organisation.refresh_from_db()
    assert organisation.representative == ""


def test_a_years_receipts_are_a_job_with_its_page(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    an_ask(a_gift(campaign, office))
    browser = signed_in_as(office)
    address = url(program, f"office/receipts/organisations/{ready.pk}/2026/")
    assert address in text(browser.get(url(program, "office/receipts/")))
    assert [(one.year, one.count) for one in waiting_lists()] == [(2026, 1)]

    answer = browser.post(address)

    assert answer["Location"] == url(program, f"office/jobs/{Job.objects.get().pk}/")
    assert "受領証明書を発行" in text(browser.get(answer["Location"]))
    again = text(browser.get(url(program, f"office/receipts/organisations/{ready.pk}/2025/")))
    assert "待っている人はいません" in again


def test_one_receipt_is_copied_and_opening_a_paper_is_recorded(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    receipt = a_receipt(campaign, office)
    browser, address = signed_in_as(office), url(program, f"office/receipts/{receipt.pk}/")
    page = text(browser.get(address))
    assert receipt.full_number in page and "𠮷子" not in page

    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "紛失"}).status_code == 302
    copy = browser.get(f"{address}papers/2/")

    assert "再発行" in text_of(copy.content)
    assert re.search(r"-2\.pdf", copy["Content-Disposition"])
    assert Record.objects.filter(verb="receipt.read", actor_id=office.pk).count() == 1


def test_the_donor_list_is_a_file_and_each_taking_is_recorded(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    an_ask(a_gift(campaign, office))
    browser, address = signed_in_as(office), url(program, "office/receipts/donors/")
    assert browser.get(address).status_code == 200
    assert not Record.objects.filter(verb="donor_list.taken").exists()

    answer = browser.post(address, {"organisation": ready.pk, "year": "2026"})

    assert answer.content.startswith(b"\xef\xbb\xbf") and HANAKO.name in text(answer)
    assert Record.objects.filter(verb="donor_list.taken").count() == 1
    assert browser.post(address, {"organisation": "1", "year": "1999"}).status_code == 422


def test_a_year_with_nobody_says_so(program: Program, ready: Organisation, office: Membership) -> None:
    answer = signed_in_as(office).post(url(program, f"office/receipts/organisations/{ready.pk}/2026/"))
    assert answer.status_code == 409 and not Job.objects.exists()


@pytest.mark.parametrize(
    ("year", "answer"),
    [(0, 404), (2006, 404), (2007, 200), (2027, 200), (2028, 404), (9999, 404), (10_000, 404), (10**12, 404)],
)
def test_years_that_no_calendar_or_law_knows_are_404(
    program: Program, ready: Organisation, office: Membership, year: int, answer: int
) -> None:
    address = url(program, f"office/receipts/organisations/{ready.pk}/{year}/")
    assert signed_in_as(office).get(address).status_code == answer


def test_other_roles_see_none_of_it(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership, stranger: Membership
) -> None:
    receipt = a_receipt(campaign, office)
    for path in ("", "donors/", f"{receipt.pk}/", f"{receipt.pk}/papers/1/", f"organisations/{ready.pk}/"):
        assert signed_in_as(stranger).get(url(program, f"office/receipts/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("form", "words", "is_taken"),
    [
        ("certified_npo", "", True),
        ("certified_npo", "特例認定特定非営利活動法人", True),
        ("certified_npo", "一般社団法人", False),
        ("public_interest", "認定特定非営利活動法人", False),
        ("none", "認定特定非営利活動法人", False),
        ("none", "公益財団法人", False),
        ("none", "一般社団法人", True),
    ],
)
def test_words_that_contradict_the_legal_form_are_refused(
    program: Program, organisation: Organisation, office: Membership, form: str, words: str, is_taken: bool
) -> None:
    address = url(program, f"office/receipts/organisations/{organisation.pk}/")
    said = {**posted(), "legal_form": form, "legal_form_words": words}

    answer = signed_in_as(office).post(address, said)

    assert answer.status_code == (302 if is_taken else 422)
    assert is_taken or 'id="id_legal_form_words_error"' in answer.content.decode()  # said at its field
    assert is_taken or "法人格の区分と合いません" in text(answer)


def test_only_what_may_be_left_out_says_so(
    program: Program, organisation: Organisation, office: Membership
) -> None:
    address = url(program, f"office/receipts/organisations/{organisation.pk}/")
    browser = signed_in_as(office)
    assert browser.get(address).content.decode().count("任意") == 3  # words of the form, an end, local taxes

    answer = browser.post(address, {**posted(), "representative": "", "certification_number": ""})
    assert answer.status_code == 422 and answer.content.decode().count("aria-invalid") == 2
