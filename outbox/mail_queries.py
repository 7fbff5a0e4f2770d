"""Reads of the mails that were sent: whether an address takes mails, and how the mails about one thing stand."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from outbox.models import Mail, MailAgain, MailReturn


@dataclass(frozen=True)
class Standing:
    """What came back from one address since the secretariat last said to write there again."""

    hard: int = 0
    soft: int = 0
    complaints: int = 0

    def takes(self, *, is_answer: bool) -> bool:
        """Whether a mail goes there: never where mails come back for good; to who complained, answers alone."""
        return not self.hard and (is_answer or not self.complaints)


def standing_of(address_key: bytes) -> Standing:
    """How an address stands."""
    kinds = MailReturn.Kind
    counts = (
        counting_returns()
        .filter(address_key=address_key)
        .aggregate(
            hard=Count("id", filter=Q(kind=kinds.HARD)),
            soft=Count("id", filter=Q(kind=kinds.SOFT)),
            complaints=Count("id", filter=Q(kind=kinds.COMPLAINT)),
        )
    )
    return Standing(**counts)


def counting_returns() -> QuerySet[MailReturn]:
    """Returns that count: of mails that left after the last word to write to their address again."""
    later = MailAgain.objects.filter(address_key=OuterRef("address_key"), id__gt=OuterRef("mail_id"))
    returns: QuerySet[MailReturn] = MailReturn.objects.filter(~Exists(later))
    return returns


def stopped_addresses() -> QuerySet[MailReturn]:
    """One row for each address that mails no longer go to: its latest return for good, or complaint."""
    latest = counting_returns().filter(kind__in=MailReturn.STOPPING)
    return _one_each(latest)


def doubtful_addresses() -> QuerySet[MailReturn]:
    """One row for each address where mails came back for now, with how often; they go on going there."""
    stopped = counting_returns().filter(kind__in=MailReturn.STOPPING, address_key=OuterRef("address_key"))
    soft = counting_returns().filter(kind=MailReturn.Kind.SOFT)
    each = soft.filter(address_key=OuterRef("address_key")).values("address_key")
    how_often = Subquery(each.annotate(count=Count("id")).values("count"))
    return _one_each(soft.filter(~Exists(stopped))).annotate(how_often=how_often)


def _one_each(returns: QuerySet[MailReturn]) -> QuerySet[MailReturn]:
    newest = returns.order_by("address_key", "-id").distinct("address_key").values("pk")
    found: QuerySet[MailReturn] = MailReturn.objects.filter(pk__in=newest)
    return found.select_related("mail").order_by("-id")


def last_mail_about(*abouts: str) -> Mail | None:
    """The newest mail about these things, or None while none was written."""
    mail: Mail | None = Mail.objects.filter(about__in=abouts).order_by("-id").first()
    return mail


def how_it_went(mail: Mail | None) -> str:
    """coming, sent, or returned: came back for good, or never left because the address takes none."""
    if mail is None:
        return "coming"
    came_back = mail.returns.filter(kind=MailReturn.Kind.HARD).exists()
    return "returned" if mail.is_held or came_back else "sent"
