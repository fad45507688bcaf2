"""An operator whose number nobody knows: people are told where to ask, instead of a number without
a source.  What a supervisor has confirmed stays."""

from django.db import migrations

FORGET = """
UPDATE pickups_sector SET operator_phone = '' WHERE code = 'martigues' AND NOT is_confirmed;
"""


class Migration(migrations.Migration):
    dependencies = [("pickups", "0002_append_only")]
    operations = [
        migrations.RemoveConstraint(model_name="sector", name="sector_operator_phone"),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
