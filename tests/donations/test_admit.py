"""donations.admit: a form that was read, and not too many gifts from one place. A refusal writes nothing."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from audit.record import record
from donations import admit as gate
from donations.admit import is_answer, new_mark, question_of
from donations.confirm import confirm
from donations.models import Campaign, Donation
from donations.shield import SUBJECT, UP
from kernel.clock import now
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import FROZEN, member
from tests.donations.conftest import fields_of, make_campaign, make_organisation
from tests.donations.test_confirm import said_of
from tests.donations.test_donor_screens import text_of
from tests.stripe_standin.running import Standin, running_standin


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    with running_standin(tmp_path_factory.mktemp("standin")) as running:
        yield running


@pytest.fixture
def place(program: Program, campaign: Campaign, refusing: Standin, settings: Settings) -> str:
    """The form's door. The stand-in's clock runs and takes no page of the frozen day: who is admitted sees 503."""
    settings.STRIPE_API_BASE = refusing.base_url
    return f"/{program.slug}/campaigns/{campaign.pk}/give/"


ADMITTED = 503


def raise_the_shield() -> None:
    record(UP, actor=None, subject=SUBJECT)


def send(place: str, campaign: Campaign, address: str = "203.0.113.1", **changes: str) -> int:
    """One gift by a browser of its own at that address; the status."""
    own = {"email": f"{uuid4().hex}@example.jp", **changes}
    return Client(REMOTE_ADDR=address).post(place, fields_of(campaign, **own)).status_code


def answer_to(mark: str, bits: int = gate.BITS) -> str:
    return next(str(n) for n in range(10_000_000) if is_answer(mark, str(n), bits))


def test_a_read_form_is_admitted(place: str, campaign: Campaign) -> None:
    assert send(place, campaign) == ADMITTED
    assert Donation.objects.count() == 1


def test_a_filled_trap_is_refused_and_the_next_press_goes_through(place: str, campaign: Campaign) -> None:
    fields = fields_of(campaign)
    client = Client()

    reply = client.post(place, {**fields, "homepage": "https://spam.example"})

    assert reply.status_code == 422 and "もう一度ボタンを押してください" in text_of(reply)
    assert not Donation.objects.exists()
    assert b"spam.example" not in reply.content and fields["mark"].encode() in reply.content
    assert client.post(place, fields).status_code == ADMITTED


def test_a_form_sent_sooner_than_anybody_reads_is_refused_and_kept(place: str, campaign: Campaign) -> None:
    key = uuid4()
    fields = fields_of(
        campaign, request_key=str(key), mark=new_mark(campaign_id=campaign.pk, request_key=key)
    )
    client = Client()

    with time_machine.travel(FROZEN + timedelta(seconds=2.9), tick=False):
        reply = client.post(place, fields)
        assert reply.status_code == 422 and "とても早かった" in text_of(reply)
    assert not Donation.objects.exists()
    assert fields["mark"].encode() in reply.content  # it goes on ageing
    with time_machine.travel(FROZEN + timedelta(seconds=3), tick=False):
        assert client.post(place, fields).status_code == ADMITTED


def test_an_old_form_is_renewed_with_what_was_typed(place: str, campaign: Campaign) -> None:
    fields = fields_of(campaign, amount_choice="own", amount_own="12345")
    with time_machine.travel(FROZEN + timedelta(hours=2), tick=False):
        reply = Client().post(place, fields)
        html = reply.content.decode()

        assert reply.status_code == 422 and "ページを開いてから時間がたちました" in text_of(reply)
        assert 'value="12345"' in html and 'value="hanako@example.jp"' in html
        assert fields["mark"] not in html
        renewed = html.split('name="mark" value="')[1].split('"')[0]
    assert not Donation.objects.exists()
    with time_machine.travel(FROZEN + timedelta(hours=2, seconds=3), tick=False):
        assert Client().post(place, {**fields, "mark": renewed}).status_code == ADMITTED


def test_a_mark_of_another_campaign_form_or_maker_is_none(
    place: str, campaign: Campaign, program: Program, office: object, settings: Settings
) -> None:
    other = make_campaign(campaign.organisation, office)  # type: ignore[arg-type]
    key = uuid4()
    for mark in (
        "",
        "1.2.3",
        f"{campaign.pk}.{key.hex}.0:forged",
        fields_of(other, request_key=str(key))["mark"],
        fields_of(campaign)["mark"],  # of another form
    ):
        fields = fields_of(campaign, request_key=str(key), mark=mark)
        assert Client().post(place, fields).status_code == 422, mark
    fields = fields_of(campaign)
    settings.SECRET_KEY = "another installation's"
    assert Client().post(place, fields).status_code == 422
    assert not Donation.objects.exists()


def test_another_programs_form_is_missing_here(
    place: str, campaign: Campaign, other_program: Program
) -> None:
    there = place.replace("/shibuya/", f"/{other_program.slug}/")
    assert Client().post(there, fields_of(campaign)).status_code == 404


def test_five_gifts_in_ten_minutes_from_one_address(place: str, campaign: Campaign) -> None:
    assert [send(place, campaign) for _ in range(7)] == [ADMITTED] * 5 + [429] * 2
    assert Donation.objects.count() == 5
    assert send(place, campaign, "203.0.113.2") == ADMITTED  # a neighbour
    with time_machine.travel(FROZEN + timedelta(seconds=600), tick=False):
        assert send(place, campaign) == ADMITTED


def test_the_refusal_says_how_long_and_that_no_money_moved(place: str, campaign: Campaign) -> None:
    for _ in range(5):
        send(place, campaign)
    reply = Client(REMOTE_ADDR="203.0.113.1").post(place, fields_of(campaign, email="taro@example.jp"))

    assert reply.status_code == 429 and reply["Retry-After"] == "600"
    assert "10分ほど待って" in text_of(reply) and "お金は動いていません" in text_of(reply)
    assert 'value="taro@example.jp"' in reply.content.decode()


def test_one_64_is_one_place_and_a_48_has_an_end(place: str, campaign: Campaign) -> None:
    same = [send(place, campaign, f"2001:db8:0:1::{n:x}") for n in range(1, 7)]
    assert same == [ADMITTED] * 5 + [429]

    around = [send(place, campaign, f"2001:db8:0:{n:x}::1") for n in range(2, 30)]
    assert around.count(ADMITTED) == 25 - 5


def test_a_repeat_is_one_gift_and_free(place: str, campaign: Campaign) -> None:
    fields = fields_of(campaign)
    client = Client(REMOTE_ADDR="203.0.113.1")
    assert {client.post(place, fields).status_code for _ in range(9)} == {ADMITTED}
    assert [send(place, campaign) for _ in range(5)] == [ADMITTED] * 4 + [429]


def test_one_form_is_good_for_four_gifts(place: str, campaign: Campaign) -> None:
    fields = fields_of(campaign)
    changed = [
        Client(REMOTE_ADDR=f"203.0.113.{yen}").post(
            place,
            {**fields, "amount_choice": "own", "amount_own": f"{yen}000", "email": f"a{yen}@example.jp"},
        )
        for yen in range(1, 7)
    ]
    assert [reply.status_code for reply in changed] == [ADMITTED] * 4 + [422] * 2
    assert fields["mark"] not in changed[-1].content.decode()


HERS = "hanako@example.jp"
OPEN_ALREADY = "まだ終わっていないお支払いが3件あります"


def test_three_open_gifts_of_one_e_mail_address_from_one_line(place: str, campaign: Campaign) -> None:
    def one(minute: int, email: str = HERS) -> tuple[int, bool]:
        with time_machine.travel(FROZEN + timedelta(minutes=minute), tick=False):
            reply = Client(REMOTE_ADDR="203.0.113.1").post(place, fields_of(campaign, email=email))
            return reply.status_code, OPEN_ALREADY in text_of(reply)

    admitted, refused = (ADMITTED, False), (429, True)
    assert [one(0) for _ in range(4)] == [admitted] * 3 + [refused]
    assert one(11, "Hanako@Example.jp") == refused
    assert one(11, "taro@example.jp") == admitted
    paid = Donation.objects.filter(email=HERS).first()
    assert paid
    confirm(donation_id=paid.pk, payment=said_of(paid))
    assert [one(11), one(11)] == [admitted, refused]  # the paid one gave its place back
    assert one(35) == admitted


def test_strangers_who_type_a_donors_address_do_not_lock_her_out(place: str, campaign: Campaign) -> None:
    """Anybody may know it. Three pages each from many lines, all left open: she gives all the same."""
    left_open = [send(place, campaign, f"198.51.100.{n}", email=HERS) for n in range(1, 11) for _ in range(3)]
    assert left_open == [ADMITTED] * 30

    reply = Client(REMOTE_ADDR="203.0.113.1").post(place, fields_of(campaign, email=HERS))

    assert reply.status_code == ADMITTED and OPEN_ALREADY not in text_of(reply)


def test_forms_that_are_refused_anyway_are_counted_too(place: str, campaign: Campaign) -> None:
    """So that refusing stays cheap: the forty-first is refused before anything is looked at."""
    tries = [send(place, campaign, homepage="x") for _ in range(41)]
    assert tries == [422] * 40 + [429]


def test_the_other_program_counts_for_itself(place: str, campaign: Campaign, other_program: Program) -> None:
    for _ in range(6):
        send(place, campaign)
    with acting_in(other_program.pk):
        chief = member(other_program, Role.OFFICE)
        there = make_campaign(make_organisation(chief), chief)
        address = f"/{other_program.slug}/campaigns/{there.pk}/give/"
        assert send(address, there) == ADMITTED


def test_without_redis_half_as_many_get_through_and_nothing_breaks(
    place: str, campaign: Campaign, settings: Settings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert [send(place, campaign) for _ in range(4)] == [ADMITTED] * 2 + [429] * 2


class TestWhileTheShieldIsUp:
    """A machine has to work or to wait, and half as many get through."""

    @pytest.fixture(autouse=True)
    def shield(self, campaign: Campaign) -> None:
        raise_the_shield()

    def test_an_answer_opens_and_half_as_many_get_through(self, place: str, campaign: Campaign) -> None:
        tries = []
        for number in range(3):
            fields = fields_of(campaign, email=f"a{number}@example.jp")
            fields["answer"] = answer_to(fields["mark"])
            tries.append(Client().post(place, fields).status_code)
        assert tries == [ADMITTED] * 2 + [429]

    def test_the_form_asks_and_says_so(self, client: Client, place: str, campaign: Campaign) -> None:
        reply = client.get(place.removesuffix("give/"))
        html = reply.content.decode()
        mark = html.split('name="mark" value="')[1].split('"')[0]

        assert f'data-question="{question_of(mark)}" data-bits="16"' in html
        assert "送信の前に、かんたんな確認をします" in text_of(reply) and "<noscript>" in html

    def test_a_wrong_answer_and_haste_are_refused(self, place: str, campaign: Campaign) -> None:
        key = uuid4()
        mark = new_mark(campaign_id=campaign.pk, request_key=key)
        fields = fields_of(campaign, request_key=str(key), mark=mark)
        with time_machine.travel(FROZEN + timedelta(seconds=29), tick=False):
            for wrong in ("", "0", "-1", "x", "９", "1" * 99):
                reply = Client().post(place, {**fields, "answer": wrong})
                assert reply.status_code == 422 and "30秒ほど待って" in text_of(reply)
                assert mark in reply.content.decode()
            assert not Donation.objects.exists()
            assert Client().post(place, {**fields, "answer": answer_to(mark)}).status_code == ADMITTED

    def test_an_answer_to_another_forms_question_is_wrong(self, place: str, campaign: Campaign) -> None:
        key = uuid4()
        mark = new_mark(campaign_id=campaign.pk, request_key=key)
        fields = fields_of(campaign, request_key=str(key), mark=mark, answer=answer_to("another"))
        with time_machine.travel(FROZEN + timedelta(seconds=5), tick=False):
            assert Client().post(place, fields).status_code == 422

    def test_patience_opens_for_one_of_an_address_and_ten_in_all(
        self, place: str, campaign: Campaign
    ) -> None:
        assert [send(place, campaign) for _ in range(2)] == [ADMITTED, 429]
        others = [send(place, campaign, f"203.0.113.{n}") for n in range(2, 14)]
        assert others.count(ADMITTED) == 9

    def test_an_answered_form_is_good_for_two_gifts(self, place: str, campaign: Campaign) -> None:
        fields = fields_of(campaign)
        fields["answer"] = answer_to(fields["mark"])
        tries = [
            Client(REMOTE_ADDR=f"203.0.113.{n}")
            .post(place, {**fields, "email": f"a{n}@example.jp"})
            .status_code
            for n in range(1, 4)
        ]
        assert tries == [ADMITTED] * 2 + [422]

    def test_other_ways_to_give_are_asked_nothing_and_halved_nothing(self, campaign: Campaign) -> None:
        sender = gate.Sender(line="203.0.113.1/32", range="203.0.113.0/24")
        for number in range(4):
            gift = Donation.objects.create(
                campaign=campaign,
                email=f"a{number}@example.jp",
                amount_yen=1_000,
                operating_yen=0,
                request_key=uuid4(),
                agreement_version="1",
            )
            gate.admit(donation=gift, sender=sender, sent=gate.Sent(mark=str(number)), is_card=False)
        assert now() == FROZEN


def test_the_answer_is_what_the_browser_computes() -> None:
    """static/js/give-guard.js counts the zero bits of SHA-256 of 'question:number'; a browser test holds the rest."""
    answer = answer_to("some mark", 12)
    digest = hashlib.sha256(f"{question_of('some mark')}:{answer}".encode()).hexdigest()
    assert digest.startswith("000") and not is_answer("some mark", answer, 40)
