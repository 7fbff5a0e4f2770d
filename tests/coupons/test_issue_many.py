"""coupons.issue_many: a list, done in steps by a worker."""

import pytest

from audit.models import Record
from coupons.errors import ApplicationUnknown, CouponRefused, FundTooSmall, NothingChosen
from coupons.issue import issue
from coupons.issue_many import issue_many, issue_next
from coupons.models import Coupon
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from outbox.deliver import deliver
from outbox.models import Job, Message
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_fund, an_application


@pytest.mark.django_db(transaction=True)
def test_a_list_is_issued_in_steps_to_the_last(two_programs: tuple[Program, Program]) -> None:
    program = two_programs[0]
    with acting_in(program.pk):
        office, year = member(program, Role.OFFICE), ProgramYear.objects.get()
        fund = a_fund(50 * 200_000)
        waiting = [an_application(year, office).pk for _ in range(45)]
        job = issue_many(year=year, fund=fund, applications=waiting, actor=office)
        message = Message.objects.get(about=f"job:{job.pk}")

    assert deliver(program.pk, message.pk)
    assert not deliver(program.pk, message.pk)  # a repeat

    with acting_in(program.pk):
        job.refresh_from_db()
        assert (job.done, job.total, job.refused, job.state) == (45, 45, 0, Job.State.DONE)
        assert Coupon.objects.count() == 45
        assert balance_yen(fund) == 5 * 200_000
        assert Record.objects.filter(verb="coupons.issue_begun").count() == 1


def test_what_is_refused_is_noted_and_the_rest_goes_on(year: ProgramYear, office: Membership) -> None:
    fund = a_fund(3 * 200_000)
    one, two, three = (an_application(year, office) for _ in range(3))
    two.state = "declined"
    two.save()
    job = issue_many(year=year, fund=fund, applications=[one.pk, two.pk, three.pk], actor=office)
    issue(application=one, fund=fund, actor=office)

    issue_next(job)

    assert (job.done, job.refused) == (3, 2)
    assert [(row["about"], row["code"]) for row in job.outcome] == [
        (f"application:{one.pk}", "already_issued"),
        (f"application:{two.pk}", "not_approved"),
    ]
    assert Coupon.objects.count() == 2
    assert balance_yen(fund) == 200_000


def test_a_late_step_issues_as_of_the_day_it_was_asked_for(year: ProgramYear, office: Membership) -> None:
    job = issue_many(
        year=year, fund=a_fund(200_000), applications=[an_application(year, office).pk], actor=office
    )
    job.facts["on"] = "2027-04-01"

    issue_next(job)

    assert [row["code"] for row in job.outcome] == ["year_over"]


def test_who_may_no_longer_issue_stops_the_job(year: ProgramYear, office: Membership) -> None:
    job = issue_many(
        year=year, fund=a_fund(200_000), applications=[an_application(year, office).pk], actor=office
    )
    job.started_by.is_active = False

    issue_next(job)

    assert [row["code"] for row in job.outcome] == ["not_allowed"]
    assert not Coupon.objects.exists()


@pytest.mark.parametrize(
    ("case", "refusal"),
    [("nobody", NothingChosen), ("unknown", ApplicationUnknown), ("small", FundTooSmall)],
)
def test_issue_many_refuses_and_begins_nothing(
    year: ProgramYear, office: Membership, case: str, refusal: type[CouponRefused]
) -> None:
    fund = a_fund(399_999)
    waiting = {"nobody": [], "unknown": [an_application(year, office).pk, 1]}.get(
        case, [an_application(year, office).pk, an_application(year, office).pk]
    )

    with pytest.raises(refusal):
        issue_many(year=year, fund=fund, applications=waiting, actor=office)
    assert not Job.objects.exists() and not Message.objects.exists()


def test_a_foreign_application_is_unknown(
    year: ProgramYear, office: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk):
        foreign = an_application(ProgramYear.objects.get(), member(other_program, Role.OFFICE))

    with pytest.raises(ApplicationUnknown):
        issue_many(
            year=year,
            fund=a_fund(400_000),
            applications=[an_application(year, office).pk, foreign.pk],
            actor=office,
        )


def test_only_the_office_issues_to_a_list(
    year: ProgramYear, office: Membership, stranger: Membership
) -> None:
    with pytest.raises(NotAllowed):
        issue_many(
            year=year, fund=a_fund(200_000), applications=[an_application(year, office).pk], actor=stranger
        )
