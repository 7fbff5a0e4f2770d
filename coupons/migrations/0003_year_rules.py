"""Versions of a year's rules about the money; a coupon keeps the one it was issued under.

A new table, a column that may be empty, two functions and a new body of coupons_redeem(). No long lock.
Way back: the older redeem.sql, then drop the column and the table.
"""

from pathlib import Path

import django.db.models.deletion
import programs.fields
from django.db import migrations, models


HERE = Path(__file__).resolve().parent.parent
REDEEM = "coupons_redeem(text, bigint, text, bigint, bigint, bigint, uuid, bigint, date, timestamptz)"


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("families", "0002_grade_number"),
        ("coupons", "0002_hold_is_the_ledgers"),
        ("programs", "0002_coupons_from_promises"),
    ]

    operations = [
        migrations.CreateModel(
            name="UseRules",
            fields=[
                (
                    "id",
                    programs.fields.TimeOrderedId(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("amounts", models.JSONField(default=list)),
                ("windows", models.JSONField(default=list)),
                ("carries_over", models.BooleanField(default=False)),
                ("categories", models.JSONField(default=list)),
                ("per_use_yen", models.PositiveIntegerField(null=True)),
                ("per_day_yen", models.PositiveIntegerField(null=True)),
                ("reason", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                ("program", programs.fields.ProgramField(append_only=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.membership",
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="use_rules",
                        to="programs.programyear",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="coupon",
            name="rules",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coupons.userules",
            ),
        ),
        migrations.AddConstraint(
            model_name="userules",
            constraint=models.UniqueConstraint(
                fields=("program", "year", "version"), name="use_rules_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="userules",
            constraint=models.CheckConstraint(
                condition=models.Q(("categories", []), _negated=True), name="use_rules_allow_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="userules",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_use_yen", None), ("per_use_yen__gt", 0), _connector="OR"),
                name="use_rules_per_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="userules",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_day_yen", None), ("per_day_yen__gt", 0), _connector="OR"),
                name="use_rules_per_day",
            ),
        ),
        migrations.RunSQL([f"DROP FUNCTION {REDEEM}"]),
        migrations.RunSQL([(HERE / "allowance.sql").read_text()]),
        migrations.RunSQL([(HERE / "redeem.sql").read_text()]),
    ]
