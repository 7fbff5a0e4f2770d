"""Refusals of campaigns, their texts and pictures. Nothing is written then, and no money moves."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused


class CampaignNotDraft(Refused):
    """Only a draft can be changed or given to a second person."""

    code = "campaign_not_draft"
    words = _("This campaign is no draft any more. Nothing was changed. Load the page anew.")


class CampaignNotInReview(Refused):
    """A saved campaign is opened, or sent back, only while it waits for a second person."""

    code = "campaign_not_in_review"
    words = _("This campaign does not wait for a second person. Give it to a second person first.")


class ReviewChanged(Refused):
    """It was taken back, and perhaps changed, after the page was drawn on which the person read it."""

    code = "review_changed"
    words = _(
        "This campaign was given to review again after you opened the page. Nothing was done. "
        "Read below what is promised now, then decide."
    )


class SecondPersonNeeded(Refused):
    """Who gave the campaign to review cannot open it."""

    code = "second_person_needed"
    words = _("You gave this campaign to review, so another person of the secretariat has to open it.")


class PlanOutOfOrder(Refused):
    """Days, amounts or the share do not fit together."""

    code = "plan_out_of_order"
    status = 422
    words = _("Days or amounts do not fit together. Check the first and last day, and the amounts.")


class LastDayOver(Refused):
    """A campaign is opened only when a day is left on which gifts can be taken."""

    code = "last_day_over"
    words = _("The last day of this campaign is over. Send it back and choose another last day.")


class ChargesAtItsEnd(Refused):
    """Donors were told the day on which their cards are charged, and may take back until then."""

    code = "charges_at_its_end"
    words = _(
        "The goal is reached, so ending the campaign would charge the saved cards. Donors were told that this "
        "happens after %(day)s. It ends by itself then."
    )


class PromiseNotInQuestion(Refused):
    """The secretariat does not pick donors: only a promise that was asked about can be let go."""

    code = "promise_not_in_question"
    words = _(
        "Only a promised gift that decides much of the goal can be let go, and only while its campaign is open."
    )


class PromiseStands(Refused):
    """A promise is taken back only while its campaign is open."""

    code = "promise_stands"
    words = _("This gift cannot be taken back any more: the campaign has ended. Please ask the secretariat.")


class NothingToCharge(Refused):
    """The job runs, or no saved card is left."""

    code = "nothing_to_charge"
    words = _("There is nothing to go on with: the work is under way, or every card is done.")


class TakesOnlyCards(Refused):
    """Money that has come already cannot be let go when the goal is missed."""

    code = "takes_only_cards"
    words = _("An all-or-nothing campaign takes cards alone. Note this gift for another campaign.")


class DayIsPromised(Refused):
    """The last day of an all-or-nothing campaign is part of what donors were told."""

    code = "day_is_promised"
    words = _("Donors were told the day on which it is decided, so the last day cannot change.")


class NotAnExtension(Refused):
    """The last day of an open campaign only moves later, before it is over, with a reason."""

    code = "not_an_extension"
    status = 422
    words = _("The last day can only become later, while the campaign is open. Write the reason too.")


class PictureUnknown(Refused):
    """The text names a picture that the campaign does not have."""

    code = "picture_unknown"
    status = 422
    words = _("The text names picture %(number)s, but this campaign has no such picture. Add it first.")


class PictureUnreadable(Refused):
    """Not a JPEG, PNG or WebP, or broken."""

    code = "picture_unreadable"
    status = 422
    words = _("This file cannot be read as a picture. Choose a JPEG, PNG or WebP file.")


class PictureTooLarge(Refused):
    """Too many bytes, or so many pixels that reading it would fill the memory."""

    code = "picture_too_large"
    status = 422
    words = _("This picture is too large. Choose one of at most 5 MB and 50 million pixels.")


class PictureWithoutWords(Refused):
    """A picture needs words for those who cannot see it."""

    code = "picture_without_words"
    status = 422
    words = _("Write what the picture shows, for people who cannot see it.")


class PictureInUse(Refused):
    """A picture that a text still names."""

    code = "picture_in_use"
    words = _("A text still shows this picture. Take it out of the text first.")


class UpdateAlreadySent(Refused):
    """What was sent to donors is not changed any more."""

    code = "update_already_sent"
    words = _("This update was already sent. Write a new one to correct it.")


class CampaignNotClosed(Refused):
    """Only a closed campaign is settled."""

    code = "campaign_not_closed"
    words = _("Only a campaign that was ended can be settled. End it first.")


class GiftsStillPending(Refused):
    """Gifts whose end is not known, or whose fee Stripe has not said."""

    code = "gifts_still_pending"
    words = _("%(count)s gifts are not finished yet. Settle the campaign when they are.")


class QuestionsOpen(Refused):
    """A person has not answered yet what happened to money of its gifts."""

    code = "questions_open"
    words = _(
        "%(count)s questions about money of this campaign are open: %(named)s."
        " Answer them first, then settle the campaign."
    )


class BooksDiffer(Refused):
    """The gifts and the ledger, or Stripe's figures, do not agree."""

    code = "books_differ"
    words = _("The gifts and the books differ by %(yen)s yen. Find out why before you settle.")
