"""Hold an account from every floor that moves money: refunds need the lock that coupons had for themselves.

A function; no rows, no lock. Way back: older code keeps calling coupons_hold(), which coupons.0002 drops.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "hold.sql"


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL([SQL.read_text()])]
