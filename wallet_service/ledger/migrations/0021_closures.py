"""Wallets that are nobody's: their points are burned, their debts written off."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

from wallet_service.ledger.domain import EntryKind

_earlier = import_module("wallet_service.ledger.migrations.0020_merges")
# Takes the place of 0020's table of operations; a test compares it with ledger/domain.py.
OPERATIONS = (
    *_earlier.OPERATIONS,
    ("points_forfeited", "+expiry -wallet_available", "burn"),
    ("debt_forgiven", "+recoverable_claims -wallet_recoverable", "none"),
)
APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_walletclosure
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
# Only an entry of a wallet that is closed may say so.
CLOSED = """
CREATE FUNCTION ledger_forfeits_when_closed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.ledger_walletclosure closure
                    WHERE closure.wallet_id = NEW.wallet_id) THEN
        RAISE EXCEPTION 'entry % takes from a wallet that is somebody''s', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'forfeits_when_closed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forfeits_when_closed AFTER INSERT ON ledger_journalentry
    FOR EACH ROW WHEN (NEW.kind IN ('points_forfeited', 'debt_forgiven'))
    EXECUTE FUNCTION ledger_forfeits_when_closed();
"""
DROP_CLOSED = """
DROP TRIGGER forfeits_when_closed ON ledger_journalentry;
DROP FUNCTION ledger_forfeits_when_closed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0020_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='WalletClosure',
            fields=[
                ('wallet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='closure', serialize=False, to='ledger.wallet')),
                ('closed_at', models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='kind',
            field=models.CharField(choices=[(kind, kind) for kind in EntryKind], max_length=32),
        ),
        migrations.RunSQL(_earlier._operation(OPERATIONS), _earlier._operation(_earlier.OPERATIONS)),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON ledger_walletclosure;"),
        migrations.RunSQL(CLOSED, DROP_CLOSED),
    ]
