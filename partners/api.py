"""The door for schools' own till systems. Another door to the same verbs; codes never stand in addresses."""

import threading
from typing import Any, cast
from uuid import UUID

from rest_framework import exceptions, serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.serializer_helpers import BindingDict
from rest_framework.views import APIView

from coupons.models import Category
from coupons.redeem import Spend
from kernel.came_from import came_from
from kernel.clock import JAPAN, today
from partners.check_at_counter import check_at_counter
from partners.enrol_device import enrol_device
from partners.forms import MOST_YEN
from partners.models import Device
from partners.queries import Counter, counter_of_system
from partners.redeem_at_counter import redeem_at_counter
from programs.entering import by_device_token, open_to_all
from programs.models import Membership


class DeviceToken(BaseAuthentication):
    """`Authorization: Device <token>`. request.auth is the counter, request.user the membership it acts as."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        word, _space, token = request.headers.get("Authorization", "").partition(" ")
        counter = counter_of_system(token.strip()) if word == "Device" and token else None
        if counter is None or counter.device is None or counter.device.revoked_at is not None:
            raise exceptions.AuthenticationFailed
        if counter.device.last_seen_on != today():
            Device.objects.filter(pk=counter.device.pk).update(last_seen_on=today())
        return counter.device.acts_as, counter

    def authenticate_header(self, request: Request) -> str:
        return "Device"


def asking(request: Request) -> tuple[Counter, Membership]:
    """What DeviceToken found."""
    return cast(Counter, request.auth), cast(Membership, request.user)


_built = threading.local()


class BuiltOnce(serializers.Serializer[Any]):
    """Fields without state or context, built once a thread: DRF copies them for every request."""

    @property
    def fields(self) -> BindingDict:
        kept: dict[type, BindingDict] = _built.__dict__.setdefault("fields", {})
        if type(self) not in kept:
            kept[type(self)] = BindingDict(self)
            for name, field in self.get_fields().items():
                kept[type(self)][name] = field
        return kept[type(self)]


class RedemptionIn(BuiltOnce):
    """What a till sends."""

    code = serializers.CharField(max_length=40)
    amount_yen = serializers.IntegerField(min_value=1, max_value=MOST_YEN)
    category = serializers.ChoiceField(choices=Category.choices, default=Category.TUITION)


class Redemptions(APIView):
    """Take coupons."""

    authentication_classes = (DeviceToken,)

    def post(self, request: Request) -> Response:
        """Take a coupon. The Idempotency-Key header (a UUID) makes a retry safe.

        201 with the redemption, 200 with the same one for a repeat; errors with the refusals' codes.
        """
        key = idempotency_key(request)
        asked = RedemptionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        body = asked.validated_data
        spend = Spend(amount_yen=body["amount_yen"], category=body["category"], request_key=key)
        counter, actor = asking(request)
        taken = redeem_at_counter(counter=counter, code=body["code"], spend=spend, actor=actor)
        answer = {
            "id": taken.redemption_id,
            "amount_yen": taken.amount_yen,
            "redeemed_at": taken.redeemed_at.astimezone(JAPAN).isoformat(),
        }
        return Response(answer, status=200 if taken.is_repeat else 201, headers={"Cache-Control": "no-store"})


def idempotency_key(request: Request) -> UUID:
    """The till's key for this one use. Any UUID is accepted."""
    try:
        return UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError:
        raise exceptions.ValidationError({"Idempotency-Key": ["A UUID is required."]}) from None


class CheckIn(BuiltOnce):
    """Which coupon, and how much is wanted."""

    code = serializers.CharField(max_length=40)
    amount_yen = serializers.IntegerField(min_value=1, max_value=MOST_YEN)


class Checks(APIView):
    """Look before taking."""

    authentication_classes = (DeviceToken,)

    def post(self, request: Request) -> Response:
        """200 with the nickname and whether the amount is there; nothing is taken."""
        asked = CheckIn(data=request.data)
        asked.is_valid(raise_exception=True)
        counter, actor = asking(request)
        checked = check_at_counter(counter=counter, actor=actor, **asked.validated_data)
        answer: dict[str, Any] = {"nickname": checked.nickname, "is_enough": checked.is_enough}
        if not checked.is_enough:
            answer["most_yen"] = checked.most_yen
        return Response(answer, headers={"Cache-Control": "no-store"})


class EnrolIn(BuiltOnce):
    """The code that the school's owner was shown."""

    code = serializers.CharField(max_length=40)


class Devices(APIView):
    """A till system trades its enrolment code for its token."""

    def post(self, request: Request) -> Response:
        """201 with the token, which is shown once."""
        asked = EnrolIn(data=request.data)
        asked.is_valid(raise_exception=True)
        code, sender = asked.validated_data["code"], came_from(request)
        enrolled = enrol_device(code=code, kind=Device.Kind.SYSTEM, came_from=sender)
        answer = {"id": enrolled.device.pk, "token": enrolled.token}
        return Response(answer, status=201, headers={"Cache-Control": "no-store"})


redemptions = by_device_token(Redemptions.as_view())
checks = by_device_token(Checks.as_view())
devices = open_to_all(Devices.as_view())
