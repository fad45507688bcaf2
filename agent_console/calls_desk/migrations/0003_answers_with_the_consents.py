"""What callers answered about points stands with everybody's answers (``citizens.WalletConsent``)."""

from django.db import migrations

MOVE = """
INSERT INTO citizens_walletconsent
       (resident_id, answer, text_version, by, channel, actor_id, key, at)
SELECT resident_id, CASE WHEN agrees THEN 'agreed' ELSE 'refused' END, question,
       'operator', 'phone', actor_id, 'call:' || call_id || ':' || resident_id || ':' || id, at
  FROM calls_desk_walletanswer ORDER BY id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('calls_desk', '0002_answers_append_only'),
        ('citizens', '0012_consent_append_only'),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name='WalletAnswer',
        ),
        migrations.RunSQL("DROP FUNCTION calls_desk_refuse_change()", migrations.RunSQL.noop),
    ]
