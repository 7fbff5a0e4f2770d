"""Mails of this floor."""

from django.conf import settings
from django.utils.translation import override

from outbox.handlers import handles
from outbox.mail import send_mail_about
from outbox.models import Message
from people.invite import hash_of, open_invitations, token_of
from people.mails import invitation_mail
from programs.models import User


@handles("invitation")
def mail_invitation(message: Message) -> None:
    """The link, to the invited address. Nothing when it was replaced, withdrawn or ran out meanwhile."""
    invitation = (
        open_invitations(pk=message.facts["invitation_id"]).select_related("program", "invited_by").first()
    )
    if invitation is None or invitation.waits_for_second_person:
        return
    token = token_of(invitation.program_id, invitation.pk)
    if hash_of(token) != invitation.token_hash:
        raise RuntimeError("SECRET_KEY changed since this invitation was made; invite again")
    known = User.objects.filter(email=invitation.email).first()
    with override(known.language if known else settings.LANGUAGE_CODE):
        written = invitation_mail(invitation, token, invitation.program)
        send_mail_about(message, to=invitation.email, mail=written)
