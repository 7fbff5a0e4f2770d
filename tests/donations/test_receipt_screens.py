"""Pages about receipts: the donor's, the secretariat's, and the public check."""

import re
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from audit.models import Record
from donations.cancel_receipt import cancel_receipt
from donations.check_receipt import CHECKS
from donations.forms_receipts import ReceiptAskForm
from donations.issue_receipt import issue_receipt
from donations.models import Campaign, Donation, Organisation, Receipt, ReceiptAsk, ReceiptPaper
from donations.receipt_mail import tell_of_receipt
from donations.receipt_queries import (
    blocked_asks,
    gift_years_of,
    how_receipt_stands,
    receipts_of,
    waiting_lists,
)
from kernel.codes import shown
from outbox.models import Job
from programs.models import Membership, Program, Role
from tests.conftest import member
from tests.donations.conftest import begin, work_off
from tests.donations.reading_paper import text_of
from tests.donations.receipts_cast import HANAKO, MAIL, STATED, a_gift, a_receipt, an_ask, set_up
from tests.families.screens import signed_in_as, url, words_of_need_in

ASKED = {"name": "髙﨑 𠮷子", "postal_code": "１５０ー０００１", "address": "東京都渋谷区神宮前1-2-3"}


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def ready(organisation: Organisation, office: Membership) -> Organisation:
    return set_up(organisation, office)


@pytest.fixture
def hanako(program: Program) -> Membership:
    return member(program, Role.DONOR, MAIL)


# --- the donor -----------------------------------------------------------------------------------


def test_a_donor_asks_on_the_gifts_page_and_takes_the_paper_on_their_own(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership, hanako: Membership
) -> None:
    gift = a_gift(campaign, office)
    address = url(program, f"gifts/{gift.reference}/receipt/")
    assert address in text(Client().get(url(program, f"gifts/{gift.reference}/")))

    answer = Client().post(address, ASKED)
    assert (answer.status_code, answer["Location"]) == (302, url(program, f"gifts/{gift.reference}/"))
    assert ReceiptAsk.objects.get().addressee.postal_code == "150-0001"
    work_off()

    page = text(signed_in_as(hanako).get(url(program, "my/receipts/")))
    receipt = Receipt.objects.get()
    assert receipt.full_number in page and "𠮷子" not in page
    paper = signed_in_as(hanako).get(url(program, f"my/receipts/{receipt.pk}/"))
    assert paper["Content-Type"] == "application/pdf" and "no-store" in paper["Cache-Control"]
    assert paper.content == receipt.papers.get().pdf
    assert Record.objects.filter(verb="receipt.taken").count() == 1


def test_the_mail_is_neutral_and_carries_no_paper(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    an_ask(a_gift(campaign, office))
    work_off()

    (sent,) = mail.outbox
    assert sent.to == [MAIL] and not sent.attachments
    assert "/shibuya/my/receipts/" in sent.body and "2026-000001" in sent.subject
    whole = sent.subject + str(sent.body)
    assert not words_of_need_in(whole) and "𠮷子" not in whole and "寄" not in sent.subject
    assert tell_of_receipt


def test_what_was_typed_is_not_shown_to_who_has_only_the_link(
    program: Program, campaign: Campaign, office: Membership
) -> None:
    gift = a_gift(campaign, office)
    an_ask(gift)

    answer = Client().get(url(program, f"gifts/{gift.reference}/receipt/"))

    assert HANAKO.name not in text(answer) and HANAKO.address not in text(answer)
    assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"address": ""}, {"postal_code": "1"}, {"postal_code": "abcdefg"}, {"name": "花子😀"}],
)
def test_a_bad_form_says_so_and_keeps_what_was_typed(
    program: Program, campaign: Campaign, office: Membership, changed: dict[str, str]
) -> None:
    gift = a_gift(campaign, office)

    answer = Client().post(url(program, f"gifts/{gift.reference}/receipt/"), {**ASKED, **changed})

    assert answer.status_code == 422 and not ReceiptAsk.objects.exists()
    assert 'value="東京都渋谷区神宮前1-2-3"' in text(answer) or "address" in changed


def test_rare_letters_of_a_name_pass_untouched() -> None:
    form = ReceiptAskForm({**ASKED, "name": " 﨑\u200b神 "})
    assert form.is_valid() and form.cleaned_data["name"] == "﨑神"
    form = ReceiptAskForm({**ASKED, "name": "﨑\x00神"})
    assert not form.is_valid() or form.cleaned_data["name"] == "﨑神"


@pytest.mark.parametrize(
    "typed",
    ["150-0001", "1500001", "１５０－０００１", "１５０ー０００１", "〒150-0001", "150‐0001", " 150 0001 "],
)
def test_a_postal_code_is_read_as_people_type_it(typed: str) -> None:
    form = ReceiptAskForm({**ASKED, "postal_code": typed})
    assert form.is_valid() and form.addressee().postal_code == "150-0001"


def test_a_gift_that_is_not_paid_cannot_ask(program: Program, campaign: Campaign) -> None:
    gift = begin(campaign)

    answer = Client().post(url(program, f"gifts/{gift.reference}/receipt/"), ASKED)

    assert answer.status_code == 409 and how_receipt_stands(gift) == "none"
    assert not ReceiptAsk.objects.exists()


def test_anothers_receipt_is_not_there(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership, hanako: Membership
) -> None:
    receipt = a_receipt(campaign, office, email="another@example.jp")

    answer = signed_in_as(hanako).get(url(program, f"my/receipts/{receipt.pk}/"))

    assert answer.status_code == 404 and not receipts_of(MAIL).exists()


def test_a_cancelled_paper_is_not_handed_out_again(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership, hanako: Membership
) -> None:
    receipt = a_receipt(campaign, office)
    cancel_receipt(receipt=receipt, reason="誤り", is_replaced=False, actor=office)
    browser, address = signed_in_as(hanako), url(program, f"my/receipts/{receipt.pk}/")

    page = text(browser.get(url(program, "my/receipts/")))

    assert receipt.full_number in page and address not in page
    assert browser.get(address).status_code == 404


def test_a_whole_year_is_asked_for(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership, hanako: Membership
) -> None:
    for yen in (1_000, 2_000):
        a_gift(campaign, office, yen=yen)
    a_receipt(campaign, office, yen=4_000)
    address = url(program, f"my/receipts/{ready.pk}/2026/")
    browser = signed_in_as(hanako)
    assert address in text(browser.get(url(program, "my/receipts/")))
    assert "3,000" in text(browser.get(address))

    assert browser.post(address, ASKED).status_code == 302
    assert [(one.yen, one.is_asked) for one in gift_years_of(MAIL)] == [(3_000, True)]
    work_off()

    assert Receipt.objects.get(amount_yen=3_000).full_number == "2026-000002"
    assert gift_years_of(MAIL) == []


# --- the public check ----------------------------------------------------------------------------


def test_anyone_confirms_number_amount_and_day_without_a_name(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    receipt = a_receipt(campaign, office, yen=30_000)
    asked = {"number": receipt.full_number, "word": shown(receipt.check_word)}

    page = text(Client().get(url(program, "receipts/check/"), asked))

    assert "有効です" in page and "30,000" in page and "2026年9月21日" in page
    assert not [w for w in (HANAKO.name, HANAKO.address, MAIL, "𠮷", "はなこ") if w in page]


def test_a_cancelled_one_says_so(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    receipt = a_receipt(campaign, office)
    asked = {"reason": "宛名の誤り"}
    assert (
        signed_in_as(office).post(url(program, f"office/receipts/{receipt.pk}/cancel/"), asked).status_code
        == 302
    )

    page = text(
        Client().get(
            url(program, "receipts/check/"), {"number": receipt.full_number, "word": receipt.check_word}
        )
    )
    assert "取り消された受領証明書です" in page and "有効です" not in page and "宛名" not in page


def test_a_wrong_word_confirms_nothing(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    receipt = a_receipt(campaign, office, yen=31_234)

    page = text(
        Client().get(url(program, "receipts/check/"), {"number": receipt.full_number, "word": "AAAA"})
    )
    assert "見つかりません" in page and "31,234" not in page


def test_the_papers_code_leads_to_the_page(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    words = a_receipt(campaign, office).words
    assert words["check_address"].endswith("/shibuya/receipts/check/")
    assert Client().get(url(program, "receipts/check/")).status_code == 200


def test_an_empty_form_says_what_is_missing(program: Program, ready: Organisation) -> None:
    for asked in ({"number": "", "word": ""}, {"number": "2026-000001", "word": " "}, {"word": "AAAA"}):
        reply = Client().get(url(program, "receipts/check/"), asked)
        assert reply.status_code == 422 and "両方入力してください" in text(reply)
        assert "見つかりません" not in text(reply)


def test_guessing_is_stopped_with_words_and_the_same_paper_stays_free(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    receipt = a_receipt(campaign, office)
    right = {"number": receipt.full_number, "word": receipt.check_word}
    address, guesser = url(program, "receipts/check/"), Client(REMOTE_ADDR="203.0.113.9")
    guesses = [{"number": receipt.full_number, "word": f"AAAA{n}"} for n in range(CHECKS.most)]

    answers = [guesser.get(address, asked).status_code for asked in [right, *guesses]]

    assert answers == [200] * CHECKS.most + [429]
    stopped = guesser.get(address, guesses[-1])
    assert stopped["Retry-After"] == "600" and "10分" in text(stopped) and "有効です" not in text(stopped)
    assert "有効です" in text(guesser.get(address, right))  # counted already: a reload takes no place
    assert "有効です" in text(Client(REMOTE_ADDR="203.0.113.10").get(address, right))


# --- the secretariat -----------------------------------------------------------------------------


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


def test_the_gifts_pages_say_how_the_receipt_stands(
    program: Program, organisation: Organisation, campaign: Campaign, office: Membership
) -> None:
    gift = a_gift(campaign, office)
    ours, donors = f"office/gifts/{gift.pk}/", f"gifts/{gift.reference}/"

    def both() -> tuple[str, str]:
        return text(signed_in_as(office).get(url(program, ours))), text(Client().get(url(program, donors)))

    assert "申込みなし" in both()[0] and how_receipt_stands(gift) == "open"
    ask = an_ask(gift)
    assert all("団体が準備しています" in one for one in both()) and blocked_asks().get() == ask
    assert "設定を待つ受領証明書" in text(signed_in_as(office).get(url(program, "office/")))
    set_up(organisation, office)
    assert all("まもなく発行します" in one for one in both()) and not blocked_asks().exists()
    issue_receipt(ask=ask, actor=office)
    assert all("発行済み" in one for one in both())


def test_a_receipt_waits_for_the_fee_in_words(
    program: Program, ready: Organisation, campaign: Campaign, office: Membership
) -> None:
    gift = a_gift(campaign, office)
    an_ask(gift)
    Donation.objects.filter(pk=gift.pk).update(fee_yen=None)
    shown = text(Client().get(url(program, f"gifts/{gift.reference}/")))
    assert "決済会社の記帳が済みしだい" in shown
