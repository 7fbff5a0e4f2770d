"""731 gifts that add up to 14,053,500 yen, spread over the days of the campaign.

Source: CAMPFIRE project 42198, スタディクーポン・イニシアティブ: 14,053,500 yen from 731 people between
21 September and 30 November 2017, goal 10,000,000 yen. The single amounts are made up.
"""

import random
from datetime import date, timedelta

GOAL_YEN = 10_000_000
RAISED_YEN = 14_053_500
PEOPLE = 731
# How many people gave how much; the rest gave what is left to the published total.
USUAL = {3_000: 190, 5_000: 160, 10_000: 230, 30_000: 80, 50_000: 37, 100_000: 24, 300_000: 8}


def gift_amounts() -> list[int]:
    """The amounts in yen, in a fixed made-up order; exactly PEOPLE of them, exactly RAISED_YEN in all."""
    amounts = [amount for amount, people in USUAL.items() for _ in range(people)]
    rest = RAISED_YEN - sum(amounts)
    large = [1_000_000] * (PEOPLE - len(amounts) - 1)
    amounts += [*large, rest - sum(large)]
    random.Random(14_053_500).shuffle(amounts)
    return amounts


def gift_days(first_day: date, last_day: date) -> list[date]:
    """A day for each gift: many in the first and the last week, as campaigns go. In order."""
    chance = random.Random(731)
    length = (last_day - first_day).days
    shapes = [chance.betavariate(0.6, 0.7) for _ in range(PEOPLE)]
    return sorted(first_day + timedelta(days=round(shape * length)) for shape in shapes)
