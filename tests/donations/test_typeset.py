"""donations.typeset: a PDF that can be kept for decades and read aloud, in our own font."""

from datetime import date
from typing import Any

import pypdfium2
import pytest

from donations.errors import CannotBeWritten
from donations.models import Addressee, Campaign, Organisation
from donations.receipt_words import sample_words
from donations.typeset import check_can_be_written, typeset
from programs.models import Membership
from tests.donations.reading_paper import fonts_of, opened, text_of
from tests.donations.receipts_cast import a_receipt, set_up

CHECK = "https://coupon.example/shibuya/receipts/check/"


def paper(organisation: Organisation, office: Membership, **changes: Any) -> bytes:
    return typeset(sample_words(set_up(organisation, office, **changes), CHECK))


def test_every_font_is_inside(organisation: Organisation, office: Membership) -> None:
    fonts = fonts_of(paper(organisation, office))

    assert fonts and all(fonts.values())
    assert all("NotoSansJP" in name for name in fonts)


def test_it_is_tagged_pdf_a(organisation: Organisation, office: Membership) -> None:
    pdf = opened(paper(organisation, office))

    assert bool(pdf.Root.MarkInfo.Marked) and "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang).startswith("ja")
    with pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["pdfuaid:part"] == "1"
    assert "/OutputIntents" in pdf.Root


def test_the_page_is_drawn_and_not_empty(organisation: Organisation, office: Membership) -> None:
    (page,) = pypdfium2.PdfDocument(paper(organisation, office))
    shades = page.render(scale=1).to_pil().convert("L").histogram()

    assert 0.01 < sum(shades[:128]) / sum(shades) < 0.2


def test_it_states_what_the_law_asks(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office)
    receipt = a_receipt(campaign, office, yen=30_000)
    said = text_of(receipt.papers.get().pdf)

    for words in (
        "まなびの会",
        "東京都渋谷区神南1-1-1",
        "2生都管第1234号",
        "2022年3月20日",
        "特定非営利活動に係る事業に関連する寄附金",
        "30,000円",
        "2026年9月21日",
        "髙﨑𠮷子",
        "東京都渋谷区神宮前1-2-3",
        "150-0001",
        "渋谷区の条例",
        "2026-000001",
        "山田太郎",
    ):
        assert words in said, words


@pytest.mark.parametrize(
    ("changes", "there", "not_there"),
    [
        ({}, ["第41条の18の2", "特定非営利活動"], ["対象になりません", "公益目的事業"]),
        (
            {"legal_form": "public_interest", "legal_form_words": ""},
            ["公益目的事業", "第78条第2項第3号"],
            ["対象になりません"],
        ),
        (
            {"legal_form": "none", "legal_form_words": ""},
            ["対象になりません", "寄附金受領書"],
            ["第41条の18の2", "認定番号"],
        ),
        ({"receipt_date_policy": "procedure"}, ["寄附の手続きが完了した日"], ["受領した日"]),
    ],
)
def test_each_legal_form_has_its_own_text(
    organisation: Organisation,
    office: Membership,
    changes: dict[str, str],
    there: list[str],
    not_there: list[str],
) -> None:
    said = text_of(paper(organisation, office, **changes))

    assert [words for words in there if words not in said] == []
    assert [words for words in not_there if words in said] == []
    assert "見本" in said


def test_outside_the_period_it_says_so(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office, certified_until=date(2026, 9, 20))

    said = text_of(a_receipt(campaign, office).papers.get().pdf)

    assert "対象になりません" in said and "有効期間の外" in said and "第41条の18の2" not in said


def test_what_a_person_typed_is_never_markup(organisation: Organisation, office: Membership) -> None:
    words = sample_words(set_up(organisation, office), CHECK)
    words["addressee"]["name"] = '#read("/etc/passwd") *x* $y$ <img src=file:///etc/passwd>'

    assert '#read("/etc/passwd")*x*$y$<imgsrc=file:///etc/passwd>' in text_of(typeset(words))


@pytest.mark.parametrize("name", ["髙﨑 𠮷子", "槗本 栁", "𡈽屋 邉", "辻󠄀 葛󠄁", "Ångström Müller", "𰻞"])
def test_rare_names_can_be_written(name: str) -> None:
    check_can_be_written(Addressee(name, "150-0001", "東京都"))


@pytest.mark.parametrize("name", ["花子😀", "﷽", "नमस्ते"])
def test_what_the_font_lacks_is_refused_and_never_an_empty_box(name: str) -> None:
    with pytest.raises(CannotBeWritten) as refused:
        check_can_be_written(Addressee(name, "150-0001", "東京都"))
    assert refused.value.facts["characters"] in name
