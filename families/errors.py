"""What the verbs of this floor refuse, with stable codes and words that say what to do."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class NameMissing(Refused):
    """A name is empty."""

    code = "name_missing"
    status = 422
    words = _("A name is missing. Please type it as it stands on the paper.")


class KanaNotKatakana(Refused):
    """The reading of the name has other letters."""

    code = "kana_not_katakana"
    status = 422
    words = _("Please type the reading in katakana only, for example ヤマダ ハナコ.")


class BirthDateImplausible(Refused):
    """The child would be under 3 or over 20."""

    code = "birth_date_implausible"
    status = 422
    words = _(
        "By this birth date the child is not between 3 and 20 years old. Please look at the paper again."
    )


class HoldsMyNumber(Refused):
    """A 12-digit Individual Number stands in what was typed."""

    code = "holds_my_number"
    status = 422
    words = _(
        "There is an Individual Number (12 digits) in the text. We may not keep it: please take it out, and "
        "black it out on the paper."
    )


class AlreadyKnown(Refused):
    """A child with this reading and birth date is in the program already."""

    code = "already_known"
    words = _(
        "A child with the same reading and birth date is registered already (application %(number)s). "
        "Please open that application."
    )


class AlreadyDecided(Refused):
    """Someone has approved or declined before."""

    code = "already_decided"
    words = _("This application has been decided already. Please load the page again to see the decision.")


class GuardianTaken(Refused):
    """Another person signs in as this guardian."""

    code = "guardian_taken"
    words = _("This guardian is tied to another sign-in already. Please ask the secretariat.")


class ChildErased(Refused):
    """The child's key was destroyed, as the family asked or the law says."""

    code = "child_erased"
    words = _("The personal data of this child were erased. Nobody can read them any more.")
