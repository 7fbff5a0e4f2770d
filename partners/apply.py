"""A school asks to take part."""

from django.db import transaction

from audit.record import record
from partners.models import Classroom, Provider, ProviderOwner
from partners.rules import may_apply
from programs.models import Membership, Role
from programs.rules import require


@transaction.atomic
def apply(*, name: str, kind: str, classroom: str, area: str, actor: Membership) -> Provider:
    """A provider with its first classroom, waiting for approval. It may not take coupons yet.

    An owner who applies owns it from here on.
    """
    require(may_apply(actor))
    provider: Provider = Provider.objects.create(name=name, kind=kind)
    Classroom.objects.create(provider=provider, name=classroom, area=area)
    if actor.role == Role.PROVIDER_ADMIN:
        ProviderOwner.objects.create(provider=provider, membership=actor)
    record("provider.applied", actor=actor, subject=f"provider:{provider.pk}")
    return provider
