"""What a receipt says, as data for the paper (donations/paper/receipt.typ holds the texts of the law)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from donations.models import Addressee, DatePolicy, LegalForm, Organisation, Receipt
from donations.typeset import qr_svg, written_day
from kernel.clock import day_of, today
from kernel.codes import shown
from kernel.yen import written_yen

SAMPLE, COPY = "見本", "再発行"
TITLES = {True: "寄附金受領証明書", False: "寄附金受領書"}
DAY_LABELS = {DatePolicy.RECEIVED: "受領した日", DatePolicy.PROCEDURE: "寄附の手続きが完了した日"}
POLICY_NOTES = {
    DatePolicy.RECEIVED: "日付は、寄附金が当法人に入金された日です。",
    DatePolicy.PROCEDURE: "日付は、寄附者が払込みの手続きを終えた日です。",
}


def words_of(
    receipt: Receipt, addressee: Addressee, lines: Sequence[tuple[date, int]], check_address: str
) -> dict[str, Any]:
    """The words of a receipt that is being issued. `lines`: day and yen of each gift, in order."""
    organisation, issued_on = receipt.organisation, day_of(receipt.issued_at)
    word = shown(receipt.check_word)
    policy = DatePolicy(organisation.receipt_date_policy)
    return {
        "title": TITLES[receipt.is_deductible],
        "number": receipt.full_number,
        "issued_on": written_day(issued_on),
        "dated": [issued_on.year, issued_on.month, issued_on.day],
        "mark": "",
        "mark_note": "",
        "form": organisation.legal_form,
        "is_deductible": receipt.is_deductible,
        "addressee": {
            "name": addressee.name,
            "postal_code": addressee.postal_code,
            "address": addressee.address,
        },
        "amount": written_yen(receipt.amount_yen),
        "lines": [{"day": written_day(day), "amount": written_yen(yen)} for day, yen in lines],
        "day_label": DAY_LABELS[policy],
        "policy_note": POLICY_NOTES[policy],
        "organisation": _organisation(organisation),
        "check_word": word,
        "check_address": check_address,
        "qr": qr_svg(f"{check_address}?{urlencode({'number': receipt.full_number, 'word': word})}"),
    }


def words_of_copy(words: dict[str, Any], made_on: date) -> dict[str, Any]:
    """The same words, marked as a copy of that day."""
    note = f"{written_day(made_on)}に再発行しました。同じ番号の書面は1枚として扱ってください。"
    return {**words, "mark": COPY, "mark_note": note}


def sample_words(organisation: Organisation, check_address: str) -> dict[str, Any]:
    """A paper with made-up figures, to look at before the first real one goes out."""
    day = today()
    receipt = Receipt(
        organisation=organisation,
        year=day.year,
        number=1,
        check_word="SAMPLE000000",
        amount_yen=10_000,
        is_deductible=organisation.is_certified,
    )
    addressee = Addressee("見本 花子", "100-0001", "東京都千代田区千代田1-1")
    words = words_of(receipt, addressee, [(day - timedelta(days=1), 10_000)], check_address)
    return {**words, "mark": SAMPLE, "mark_note": "これは見本です。受領証としては使えません。"}


def _organisation(organisation: Organisation) -> dict[str, str]:
    until = organisation.certified_until
    start = organisation.certified_from
    return {
        "name": organisation.name,
        "form_words": organisation.legal_form_words or FORM_WORDS[LegalForm(organisation.legal_form)],
        "address": organisation.receipt_address.strip(),
        "representative": organisation.representative,
        "certification_number": organisation.certification_number,
        "certified_on": written_day(organisation.certified_on) if organisation.certified_on else "",
        "certified_period": f"{written_day(start) if start else ''}から{written_day(until) + 'まで' if until else '（期限の定めなし）'}",
        "local_tax": organisation.local_tax,
    }


FORM_WORDS = {
    LegalForm.CERTIFIED_NPO: "認定特定非営利活動法人",
    LegalForm.PUBLIC_INTEREST: "公益法人",
    LegalForm.NONE: "",
}
