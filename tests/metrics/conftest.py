"""A city's session, and coupons in the hands of children."""

import pytest
from django.test import Client

from programs.models import Membership


def signed_in(member: Membership) -> Client:
    """A screen in which `member` signed in with password and app."""
    client = Client()
    client.force_login(member.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
    session.save()
    return client


@pytest.fixture
def screen(city: Membership) -> Client:
    """The city's screen."""
    return signed_in(city)
