"""donations.story: what a text may hold, and that nothing else ever becomes HTML."""

import re

import pytest
from django.template.defaultfilters import linebreaks

from config.demo_data import shibuya
from donations.errors import PictureUnknown
from donations.models import Campaign, CampaignPicture
from donations.story import check_pictures, drawn, first_words, pictures_named, story_html, story_text


def page(text: str, *numbers: int) -> str:
    """The text as HTML, with pictures of those numbers."""
    pictures = [CampaignPicture(number=number, width=640, height=480) for number in numbers]
    return str(story_html(text, pictures, lambda picture: drawn(picture, f"/p/{picture.number}", 'a "desk"')))


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='https://x.example' onclick=alert(1)>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/office/)",
        "<javascript:alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        '![x](picture:1 "onload=alert(1)")',
        "[x]: javascript:alert(1)\n\n[x]",
        "```html\n<script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "**<script>alert(1)</script>**",
        "# <script>alert(1)</script>",
        "- <iframe src=https://evil.example>",
        '[<img src=x onerror=alert(1)>](https://x.example"onmouseover=alert(1))',
    ],
)
def test_no_attack_becomes_html(attack: str) -> None:
    html = page(attack, 1)

    tags = re.findall(r"<[^>]*>", html)
    assert all(
        re.fullmatch(
            r"</?(p|br|h[34]|ul|ol|li|strong|blockquote|a)( /)?>"
            r'|<a href="https://[^"<>]*" rel="nofollow noopener">'
            r'|<img class="story-picture" src="/p/1" alt="a &quot;desk&quot;" width="640" height="480"'
            r' loading="lazy" decoding="async">',
            tag,
        )
        for tag in tags
    ), html


def test_what_is_allowed_is_drawn() -> None:
    html = page(
        "# はじめに\n\n一行目\n二行目\n\n- **太字**\n- [言葉](https://example.jp/?a=1&b=2)\n\n![](picture:1)\n",
        1,
    )

    assert "<h3>はじめに</h3>" in html and "<p>一行目<br>\n二行目</p>" in html.replace("<br />", "<br>")
    assert "<strong>太字</strong>" in html
    assert '<a href="https://example.jp/?a=1&amp;b=2" rel="nofollow noopener">言葉</a>' in html
    assert 'width="640" height="480"' in html and 'alt="a &quot;desk&quot;"' in html
    assert 'href="mailto:a@example.jp"' in page("<mailto:a@example.jp>")


def test_bold_works_beside_japanese_brackets() -> None:
    """Markdown's own rule wants a space there, which Japanese does not write."""
    assert page("これは**「大切」**です") == "<p>これは<strong>「大切」</strong>です</p>\n"
    assert "<strong>" not in page("2 ** 3 ** 4") and "<strong>" not in page("****")


@pytest.mark.parametrize(
    "story",
    [
        shibuya.STORY,
        shibuya.STORY_EN,
        "ひとりひとりが選びます。",
        "一行\n二行\n\n段落 & <b>",
        "a * b * c_d_e\n\n~x~",
    ],
)
def test_a_plain_story_looks_as_before(story: str) -> None:
    def shape(html: str) -> str:
        return re.sub(r"\s+", "", html.replace("<br />", "<br>"))

    assert shape(page(story)) == shape(linebreaks(story, autoescape=True))


def test_a_picture_that_is_gone_draws_nothing_and_a_link_to_one_leads_nowhere() -> None:
    assert page("![](picture:2)", 1) == "<p></p>\n"
    assert page("[x](picture:1) [y](https://y.example)", 1) == (
        '<p>x <a href="https://y.example" rel="nofollow noopener">y</a></p>\n'
    )


def test_the_mail_has_the_same_words_without_marks() -> None:
    text = "# 春\n\n**太字** [頁](https://example.jp/)\n次の行\n\n1. 一\n2. 二\n\n- 丸\n\n![](picture:1)"

    assert story_text(text, {1: "机の写真"}) == (
        "春\n\n太字 頁 (https://example.jp/)\n次の行\n\n1. 一\n2. 二\n\n- 丸\n\n[机の写真]"
    )
    assert first_words("# 春\n\n学ぶ") == "春 学ぶ"


def test_pictures_named_in_a_text_must_be_there(campaign: Campaign) -> None:
    assert pictures_named("![](picture:1) `![](picture:x)`", "![](picture:12)") == {1, 12}
    check_pictures(campaign, "なし")
    with pytest.raises(PictureUnknown) as refusal:
        check_pictures(campaign, "![](picture:7)")
    assert "7" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("### 深い", ["3"]),
        ("# 一\n\n### 二\n\n###### 三", ["3", "4", "4"]),
        ("## 先\n\n# 後\n\n## 次", ["3", "3", "4"]),
    ],
)
def test_headings_never_go_two_levels_down_at_once(text: str, levels: list[str]) -> None:
    assert re.findall(r"<h(\d)>", page(text)) == levels
    assert re.findall(r"<h(\d)>", str(story_html(text, [], str, top=2)))[0] == "2"
