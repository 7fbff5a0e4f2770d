"""A classroom to be tied to."""

import pytest

from ledger.accounts import open_account
from ledger.models import Kind
from partners.models import Classroom, Provider


@pytest.fixture
def school(program):
    payable = open_account(kind=Kind.PAYABLE, label="まなび塾")
    provider = Provider.objects.create(name="まなび塾", kind=Provider.Kind.JUKU, payable=payable)
    return Classroom.objects.create(provider=provider, name="本校", area="渋谷")
