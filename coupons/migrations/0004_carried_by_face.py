"""What carries over is counted from the coupon's worth, no longer from the day of issue."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("coupons", "0003_year_rules")]

    operations = [
        migrations.RunSQL(
            [(HERE / "allowance.sql").read_text()],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
