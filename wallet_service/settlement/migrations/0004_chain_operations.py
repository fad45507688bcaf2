"""Administration in the sequence, batches issued again, named drifts, checkpoints."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


# So far every batch is settled by its first transaction, and transactions stand as they were signed
# (1048576 is domain.PLACE_STEP).
FILL = """
ALTER TABLE settlement_batch DISABLE TRIGGER append_only;
UPDATE settlement_batch SET settling_id = transaction_id;
UPDATE settlement_chaintransaction SET place = sequence * 1048576;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE settlement_batch ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0003_books_match'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChainCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.BigIntegerField()),
                ('block_number', models.BigIntegerField()),
                ('block_hash', models.CharField(max_length=66)),
                ('supply_points', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='ReconciliationDrift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('missing_on_chain', 'missing_on_chain'), ('unknown_on_chain', 'unknown_on_chain'), ('refused_on_chain', 'refused_on_chain'), ('ledger_without_intent', 'ledger_without_intent'), ('balance_tampered', 'balance_tampered'), ('address_unknown', 'address_unknown'), ('foreign_transaction', 'foreign_transaction'), ('books', 'books'), ('supply', 'supply'), ('unexplained', 'unexplained')], max_length=32)),
                ('wallet_id', models.UUIDField(null=True)),
                ('address', models.CharField(blank=True, default='', max_length=42)),
                ('entry_id', models.UUIDField(null=True)),
                ('transaction_hash', models.CharField(blank=True, default='', max_length=66)),
                ('points', models.BigIntegerField()),
                ('ledger_points', models.BigIntegerField()),
                ('intended_points', models.BigIntegerField()),
                ('settled_points', models.BigIntegerField()),
                ('chain_points', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SenderKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('admin', 'admin'), ('issuer', 'issuer'), ('redeemer', 'redeemer')], max_length=16)),
                ('address', models.CharField(max_length=42, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveIndex(
            model_name='chaintransaction',
            name='transaction_unconfirmed',
        ),
        migrations.AddField(
            model_name='batch',
            name='settling',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settled_batches', to='settlement.chaintransaction'),
        ),
        migrations.AddField(
            model_name='chaintransaction',
            name='place',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='chaintransaction',
            name='reverted',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='chaintransaction',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='settlement.chaintransaction'),
        ),
        migrations.AlterField(
            model_name='chaintransaction',
            name='kind',
            field=models.CharField(choices=[('deploy', 'deploy'), ('grant', 'grant'), ('revoke', 'revoke'), ('pause', 'pause'), ('unpause', 'unpause'), ('batch', 'batch')], max_length=8),
        ),
        migrations.AlterField(
            model_name='relayerheartbeat',
            name='problem',
            field=models.CharField(blank=True, choices=[('', ''), ('chain_id_differs', 'chain_id_differs'), ('chain_ahead', 'chain_ahead'), ('code_differs', 'code_differs'), ('contract_paused', 'contract_paused'), ('pause_differs', 'pause_differs'), ('role_missing', 'role_missing'), ('transaction_refused', 'transaction_refused'), ('transaction_reverted', 'transaction_reverted'), ('event_missing', 'event_missing'), ('lines_refused', 'lines_refused'), ('key_differs', 'key_differs'), ('signer_unavailable', 'signer_unavailable')], max_length=32),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='batch',
            name='settling',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='settled_batches', to='settlement.chaintransaction'),
        ),
        migrations.AlterField(
            model_name='chaintransaction',
            name='place',
            field=models.BigIntegerField(unique=True),
        ),
        migrations.AddIndex(
            model_name='chaintransaction',
            index=models.Index(condition=models.Q(('state', 'confirmed'), _negated=True), fields=['place'], name='transaction_unconfirmed'),
        ),
        migrations.AddField(
            model_name='reconciliationdrift',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named_drifts', to='settlement.reconciliationrun'),
        ),
        migrations.AddField(
            model_name='senderkey',
            name='deployment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='settlement.deployment'),
        ),
    ]
