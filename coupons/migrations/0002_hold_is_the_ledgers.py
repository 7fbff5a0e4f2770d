"""coupons_hold() has become ledger_hold(). A function; no rows, no lock. Way back: redeem.sql of the older code."""

from django.db import migrations


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("coupons", "0001_initial"), ("ledger", "0002_hold")]
    operations = [migrations.RunSQL(["DROP FUNCTION IF EXISTS coupons_hold(bigint)"])]
