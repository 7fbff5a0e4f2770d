"""A year's rules about the money in words, for the secretariat and for families: one line each."""

from datetime import date

from django.utils.translation import gettext as _

from coupons.models import Category
from coupons.use_rules import Rules, amounts_on
from families.grades import grade_words
from kernel.templatetags.look import day, yen
from programs.models import ProgramYear


def amount_lines(year: ProgramYear, rules: Rules, on: date) -> list[str]:
    """What coupons issued on that day are worth."""
    found = []
    for first, last, amount in amounts_on(year, rules, on):
        if (first, last) == (0, 0):
            found.append(_("Every child: %(yen)s") % {"yen": yen(amount)})
        else:
            grades = grade_words(first) if first == last else f"{grade_words(first)}–{grade_words(last)}"
            found.append(f"{grades}: {yen(amount)}")
    return found


def rule_lines(year: ProgramYear, rules: Rules) -> list[str]:
    """All rules in the order in which people ask for them."""
    found = amount_lines(year, rules, year.first_day)
    if rules.windows:
        found += [
            _("%(first)s to %(last)s: up to %(yen)s")
            % {"first": day(one.first_day), "last": day(one.last_day), "yen": yen(one.yen)}
            for one in rules.windows
        ]
        found.append(
            _("What is left of a period may be used in the later ones.")
            if rules.carries_over
            else _("What is left of a period goes back to the fund after its last day.")
        )
    elif year.is_prorated:
        found.append(_("Issued during the year: a twelfth of it for each month that is left."))
    names = dict(Category.choices)
    if len(rules.categories) < len(names):
        found.append(
            _("Pays for: %(what)s") % {"what": ", ".join(str(names[one]) for one in rules.categories)}
        )
    if rules.per_use_yen:
        found.append(_("At most %(yen)s in one use") % {"yen": yen(rules.per_use_yen)})
    if rules.per_day_yen:
        found.append(_("At most %(yen)s on one day") % {"yen": yen(rules.per_day_yen)})
    return found
