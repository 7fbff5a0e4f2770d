"""Made-up schools at real banks (zengin-code) in real quarters."""

import itertools
import random
from dataclasses import dataclass

from zengin_code import Bank

NAMES = [
    "あおぞら学習塾", "みらいゼミ", "やまびこ塾", "ひかり進学教室", "つばめアカデミー", "さくら個別教室", "こだま英数塾",
    "どんぐり学舎", "はやぶさ予備校", "わかばスクール", "そよかぜ塾", "ともしび学習室", "いろは国語教室", "すばる理科塾",
    "きざはし学院", "まなびの木", "ほしぞらゼミナール", "かえで塾", "しおさい学習会", "のびのび個別",
]  # fmt: skip
QUARTERS = {
    "shibuya": ["恵比寿", "広尾", "代々木", "初台", "幡ヶ谷", "笹塚", "千駄ヶ谷", "神宮前", "原宿", "渋谷", "本町", "西原", "富ヶ谷"],
    "fukuoka": ["天神", "博多", "薬院", "西新", "六本松", "香椎", "姪浜", "大橋", "千早", "藤崎"],
}  # fmt: skip
BANKS = {"shibuya": ["0001", "0005", "0009", "0010", "1344"], "fukuoka": ["0177", "0190", "0001", "0005"]}
COURSES = [("英語 週1回", 12_000), ("数学 週1回", 12_000), ("5教科 週2回", 20_000), ("受験対策", 24_000)]


@dataclass(frozen=True, kw_only=True)
class MadeUpSchool:
    """A school with its classrooms and its account at a real branch."""

    name: str
    classrooms: list[tuple[str, str]]  # name, quarter
    bank_code: str
    branch_code: str
    account_number: str
    courses: list[tuple[str, int]]


def made_up_schools(slug: str, *, classrooms: int, schools: int) -> list[MadeUpSchool]:
    """`schools` schools with `classrooms` classrooms in all, spread over the quarters."""
    chance = random.Random(slug)
    quarters = itertools.cycle(QUARTERS[slug])
    sizes = [classrooms // schools + (number < classrooms % schools) for number in range(schools)]
    made = []
    for number, size in enumerate(sizes):
        name = NAMES[number % len(NAMES)]
        places = [next(quarters) for _ in range(size)]
        bank = Bank.all[chance.choice(BANKS[slug])]
        made.append(
            MadeUpSchool(
                name=name,
                classrooms=[(f"{place}教室", place) for place in places],
                bank_code=bank.code,
                branch_code=chance.choice(sorted(bank.branches)),
                account_number=f"{chance.randrange(10**7):07d}",
                courses=chance.sample(COURSES, 3),
            )
        )
    return made
