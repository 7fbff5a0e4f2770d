"""Pages about receipts: the donor's, the secretariat's, and the public check."""

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from audit.models import Record
from donations.cancel_receipt import cancel_receipt
from donations.check_receipt import CHECKS
from donations.forms_receipts import ReceiptAskForm
from donations.issue_receipt import issue_receipt
from donations.models import Campaign, Donation, Organisation, Receipt, ReceiptAsk
from donations.receipt_mail import tell_of_receipt
from donations.receipt_queries import (
    blocked_asks,
    gift_years_of,
    how_receipt_stands,
    receipts_of,
)
from kernel.codes import shown
from programs.models import Membership, Program, Role
from tests.conftest import member
from tests.donations.conftest import begin, work_off
from tests.donations.receipts_cast import HANAKO, MAIL, a_gift, a_receipt, an_ask, set_up
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
