"""Made-up people. Names are common ones put together by a fixed chance; nobody real is meant."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FAMILY = [
    ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"), ("田中", "タナカ"), ("伊藤", "イトウ"),
    ("渡邉", "ワタナベ"), ("山本", "ヤマモト"), ("中村", "ナカムラ"), ("小林", "コバヤシ"), ("加藤", "カトウ"),
    ("吉田", "ヨシダ"), ("山田", "ヤマダ"), ("佐々木", "ササキ"), ("山口", "ヤマグチ"), ("松本", "マツモト"),
    ("井上", "イノウエ"), ("木村", "キムラ"), ("林", "ハヤシ"), ("清水", "シミズ"), ("山﨑", "ヤマザキ"),
    ("森", "モリ"), ("池田", "イケダ"), ("橋本", "ハシモト"), ("阿部", "アベ"), ("石川", "イシカワ"),
    ("髙木", "タカギ"), ("藤田", "フジタ"), ("岡田", "オカダ"), ("後藤", "ゴトウ"), ("長谷川", "ハセガワ"),
]  # fmt: skip
GIVEN = [
    ("葵", "アオイ"), ("陽菜", "ヒナ"), ("結衣", "ユイ"), ("蓮", "レン"), ("湊", "ミナト"), ("陽翔", "ハルト"),
    ("凛", "リン"), ("紬", "ツムギ"), ("樹", "イツキ"), ("大翔", "ヒロト"), ("美咲", "ミサキ"), ("さくら", "サクラ"),
    ("悠真", "ユウマ"), ("颯", "ハヤテ"), ("芽依", "メイ"), ("心春", "コハル"), ("海斗", "カイト"), ("莉子", "リコ"),
    ("奏太", "ソウタ"), ("杏", "アン"), ("健太", "ケンタ"), ("七海", "ナナミ"), ("翼", "ツバサ"), ("千尋", "チヒロ"),
]  # fmt: skip
PARENT = [
    ("由美", "ユミ"), ("恵子", "ケイコ"), ("真理", "マリ"), ("直樹", "ナオキ"), ("浩二", "コウジ"),
    ("明美", "アケミ"), ("智子", "トモコ"), ("健一", "ケンイチ"), ("裕子", "ユウコ"), ("大輔", "ダイスケ"),
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MadeUpChild:
    """One child with a parent."""

    family: str
    family_kana: str
    given: str
    given_kana: str
    parent: str
    born: date

    @property
    def nickname(self) -> str:
        """The given name in hiragana, as children are called: 'ヒナ' -> 'ひな'."""
        return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in self.given_kana)


def made_up_children(count: int, *, seed: int, fiscal_year: int, grades: list[int]) -> list[MadeUpChild]:
    """`count` different children whose school grades in `fiscal_year` go round `grades` (7 to 9: junior high)."""
    chance = random.Random(seed)
    pairs = [(family, given) for family in FAMILY for given in GIVEN]
    chance.shuffle(pairs)
    children = []
    for number, ((family, family_kana), (given, given_kana)) in enumerate(pairs[:count]):
        first_grade_year = fiscal_year - grades[number % len(grades)] + 1
        first_birthday = date(first_grade_year - 7, 4, 2)  # 2 April to 1 April of the next year
        parent = chance.choice(PARENT)[0]
        children.append(
            MadeUpChild(
                family=family,
                family_kana=family_kana,
                given=given,
                given_kana=given_kana,
                parent=parent,
                born=first_birthday + timedelta(days=chance.randrange(365)),
            )
        )
    return children


def donor_name(number: int) -> str:
    """A made-up donor."""
    family, _kana = FAMILY[number % len(FAMILY)]
    given, _ = PARENT[number // len(FAMILY) % len(PARENT)]
    return f"{family} {given}"
