"""Signed-in browsers for tests of pages."""

from django.test import Client

from programs.models import Membership, Program

# Words that no page of a family, a school or a donor may carry (security.md T18).
WORDS_OF_NEED = (
    "低所得", "非課税", "生活保護", "困窮", "就学援助", "貧困", "要保護", "ひとり親", "母子家庭", "所得", "福祉",
    "poor", "poverty", "low-income", "low income", "welfare", "tax-exempt", "needy", "income", "single parent",
)  # fmt: skip


def signed_in_as(member: Membership) -> Client:
    """A browser of that person, with the second factor that staff need."""
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return client


def url(program: Program, path: str) -> str:
    """An address of the program."""
    return f"/{program.slug}/{path}"


def words_of_need_in(text: str) -> list[str]:
    """Which of the words stand in a page or a mail."""
    return [word for word in WORDS_OF_NEED if word in text.lower()]
