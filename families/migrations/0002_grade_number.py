"""The grade of an application in clear: amounts and places go by it. A column with a default; no long lock.

Way back: drop the column; the grade follows from the birth date.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("families", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="grade_number",
            field=models.SmallIntegerField(default=0),
            preserve_default=False,
        )
    ]
