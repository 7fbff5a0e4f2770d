"""audit.record appends; nobody edits."""

import pytest
from django.db import DatabaseError, connections, transaction

from audit.models import Record
from audit.record import record, record_reading
from programs.models import Membership


def test_record_keeps_who_did_what(office: Membership) -> None:
    record("coupon.issued", actor=office, subject="coupon:1", amount_yen=5)

    kept = Record.objects.get()
    assert (kept.verb, kept.subject, kept.actor_id, kept.facts) == (
        "coupon.issued",
        "coupon:1",
        office.pk,
        {"amount_yen": 5},
    )


def test_a_reading_of_personal_data_is_kept_too(office: Membership) -> None:
    record_reading("child", actor=office, subject="child:1")
    assert Record.objects.get().verb == "child.read"


def test_a_record_can_be_neither_changed_nor_deleted(office: Membership) -> None:
    kept = record("coupon.issued", actor=office, subject="coupon:1")

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Record.objects.filter(pk=kept.pk).update(verb="other")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        kept.delete()


@pytest.mark.django_db(databases=["default", "migrate"])
@pytest.mark.parametrize(
    "attempt", ["UPDATE audit_record SET verb = ''", "DELETE FROM audit_record", "TRUNCATE audit_record"]
)
@pytest.mark.parametrize("setting", ["origin", "replica"])
def test_not_even_the_owner_changes_it_whatever_the_setting(attempt: str, setting: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(using="migrate"),
        connections["migrate"].cursor() as cursor,
    ):
        cursor.execute(f"SET LOCAL session_replication_role = {setting}")
        cursor.execute(attempt)
