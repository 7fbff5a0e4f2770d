"""coupons.family_mail: told at once, in the guardian's language, under a neutral subject."""

import pytest
from django.core import mail

from coupons.family_mail import tell_family_of_issue, tell_family_of_use
from coupons.models import Coupon
from families.models import ChildKey, Guardian
from families.sealed import new_wrapped_key
from ledger.accounts import open_account
from ledger.models import Account, Kind
from outbox.deliver import deliver
from outbox.models import Message
from outbox.put import put
from programs.models import Membership, Program, Role
from tests.conftest import member
from tests.coupons.cast import spend
from tests.families.screens import words_of_need_in

pytestmark = pytest.mark.django_db


def guardian_of(program: Program, coupon: Coupon, email: str, language: str) -> Guardian:
    membership = member(program, Role.GUARDIAN, email)
    membership.user.language = language
    membership.user.save()
    made = Guardian(
        household=coupon.child.household,
        key=ChildKey.objects.create(wrapped=new_wrapped_key()),
        membership=membership,
    )
    made.name = "母 の名"
    made.save()
    return made


def test_a_use_is_told_with_where_when_how_much_and_what_is_left(
    program: Program, coupon: Coupon, till: Membership
) -> None:
    guardian_of(program, coupon, "haha@example.org", "ja")
    guardian_of(program, coupon, "mum@example.org", "en")
    place = open_account(kind=Kind.PAYABLE, label="まなび & 森")
    done = spend(coupon, 3_000, payee=place, actor=till)

    tell_family_of_use(Message.objects.get(about=f"redemption:{done.redemption_id}"))

    ja, en = mail.outbox
    assert (ja.to, ja.subject) == (["haha@example.org"], "ご利用のお知らせ")
    assert (en.to, en.subject) == (["mum@example.org"], "Notice of use")
    for text in ("まなび & 森", "3,000円", "7,000円", "2027年3月31日(水) 12:00", coupon.child.nickname):
        assert text in ja.body
    for text in ("¥3,000", "¥7,000", "Wednesday 31 March 2027"):
        assert text in en.body
    for sent in mail.outbox:
        whole = sent.subject + sent.body
        assert (coupon.code in whole, coupon.child.name in whole) == (False, False)
        assert words_of_need_in(whole) == []
        assert "/shibuya/family/" in whole


def test_a_new_balance_is_told(program: Program, coupon: Coupon) -> None:
    guardian_of(program, coupon, "haha@example.org", "ja")

    tell_family_of_issue(put("told_by_hand", about=f"coupon:{coupon.pk}"))

    (sent,) = mail.outbox
    assert sent.subject == "残高のお知らせ"
    assert "10,000円" in sent.body
    assert "2027年3月31日(水)まで使えます" in sent.body
    assert words_of_need_in(sent.subject + sent.body) == []


def test_the_relay_finds_the_handler_and_a_family_without_a_sign_in_is_done_quietly(
    program: Program, coupon: Coupon, school: Account, till: Membership
) -> None:
    done = spend(coupon, 3_000, payee=school, actor=till)
    message = Message.objects.get(about=f"redemption:{done.redemption_id}")

    assert deliver(program.pk, message.pk)

    message.refresh_from_db()
    assert (message.last_error, mail.outbox) == ("", [])
