"""The system's own accounts: each kind in 16 shards, so that writes do not queue for one row."""

from django.db import migrations

OPEN = """
INSERT INTO ledger_account (kind, shard)
SELECT kind, shard
  FROM unnest(ARRAY['issuance', 'issuance_pending', 'expiry', 'settlement', 'recoverable_claims'])
       AS kind,
       generate_series(0, 15) AS shard
 ORDER BY kind, shard;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_balances")]
    operations = [migrations.RunSQL(OPEN, migrations.RunSQL.noop)]
