"""Wallets that turned out to be one person's: their points follow in pairs of entries.

A pair is one entry that takes a lot (or a debt) from one wallet and one that gives the same points,
with the same date, to the other; the database refuses one without the other, or between wallets
that no merge names.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

from wallet_service.ledger.domain import EntryKind

_earlier = import_module("wallet_service.ledger.migrations.0005_entries_settle")
# Takes the place of 0005's table of operations; a test compares it with ledger/domain.py.
OPERATIONS = (
    *_earlier.OPERATIONS,
    ("merge_taken", "+issuance -wallet_available", "burn"),
    ("merge_given", "-issuance +wallet_available", "mint"),
    ("merge_debt_taken", "+recoverable_claims -wallet_recoverable", "none"),
    ("merge_debt_given", "-recoverable_claims +wallet_recoverable", "none"),
)


def _operation(operations: tuple[tuple[str, str, str], ...]) -> str:
    cases = "\n".join(
        f"        WHEN '{kind} {shape}' THEN '{does}'" for kind, shape, does in operations
    )
    return f"""
CREATE OR REPLACE FUNCTION ledger_operation(kind text, shape text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind || ' ' || shape
{cases}
    END
$$;
"""


# 0006's trigger looks at every entry that names another one of the same wallet; those of a merge
# name one of the other wallet, and have a trigger of their own.
_KINDS = "'merge_taken', 'merge_given', 'merge_debt_taken', 'merge_debt_given'"
NAMED = f"""
DROP TRIGGER fits_what_it_names ON ledger_journalentry;
CREATE TRIGGER fits_what_it_names AFTER INSERT ON ledger_journalentry
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL AND NEW.kind NOT IN ({_KINDS}))
    EXECUTE FUNCTION ledger_entry_fits_what_it_names();
"""
EARLIER_NAMED = """
DROP TRIGGER fits_what_it_names ON ledger_journalentry;
CREATE TRIGGER fits_what_it_names AFTER INSERT ON ledger_journalentry
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL)
    EXECUTE FUNCTION ledger_entry_fits_what_it_names();
"""

# At the end of the statement that wrote them: whatever one of the two entries moved, the other one
# moved the other way, between the wallets of a merge that is not undone. A row trigger, so that
# other entries never get here.
PAIRED = f"""
CREATE FUNCTION ledger_merge_paired() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF NEW.kind IN ('merge_taken', 'merge_debt_taken') THEN
        IF NEW.corrects_id IS NOT NULL OR NOT EXISTS (
               SELECT FROM public.ledger_journalentry given
                WHERE given.corrects_id = NEW.id
                  AND given.kind = replace(NEW.kind, 'taken', 'given')) THEN
            RAISE EXCEPTION 'entry % takes for nobody', NEW.id
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'merge_paired';
        END IF;
        RETURN NULL;
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.ledger_journalentry took
          JOIN public.ledger_walletmerge merge
            ON merge.id = NEW.subject AND merge.undone_at IS NULL
           AND (took.wallet_id, NEW.wallet_id) IN (
                   (merge.source_id, merge.target_id), (merge.target_id, merge.source_id))
         WHERE took.id = NEW.corrects_id AND took.subject = NEW.subject
           AND took.kind = replace(NEW.kind, 'given', 'taken')
           AND (SELECT sum(posting.points) FROM public.ledger_posting posting
                  JOIN public.ledger_account account ON account.id = posting.account_id
                 WHERE posting.entry_id IN (took.id, NEW.id)
                   AND account.wallet_id IS NOT NULL) = 0
           AND (NEW.kind = 'merge_debt_given'
                OR (SELECT count(*) = 1 FROM public.ledger_lotmovement movement
                     WHERE movement.entry_id = took.id)
               AND EXISTS (
                    SELECT FROM public.ledger_lotmovement movement
                      JOIN public.ledger_lot gone ON gone.id = movement.lot_id
                      JOIN public.ledger_lot come ON come.entry_id = NEW.id
                     WHERE movement.entry_id = took.id AND come.expires_at = gone.expires_at))
    ) THEN
        RAISE EXCEPTION 'entry % gives what no merge took', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'merge_paired';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER merge_paired AFTER INSERT ON ledger_journalentry
    FOR EACH ROW WHEN (NEW.kind IN ({_KINDS}))
    EXECUTE FUNCTION ledger_merge_paired();
"""
DROP_PAIRED = """
DROP TRIGGER merge_paired ON ledger_journalentry;
DROP FUNCTION ledger_merge_paired();
"""

# Citizens' wallets only; a merge is undone once, and nothing else of it changes.
MERGE = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_walletmerge
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER only_undone_once BEFORE UPDATE ON ledger_walletmerge
    FOR EACH ROW
    WHEN (OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
          OR (OLD.id, OLD.source_id, OLD.target_id, OLD.created_at, OLD.undo_until)
             IS DISTINCT FROM
             (NEW.id, NEW.source_id, NEW.target_id, NEW.created_at, NEW.undo_until))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE FUNCTION ledger_merge_of_citizens() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM public.ledger_wallet wallet
         WHERE wallet.id IN (NEW.source_id, NEW.target_id) AND wallet.holder = 'citizen') <> 2 THEN
        RAISE EXCEPTION 'only two citizens'' wallets are merged'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'merge_of_citizens';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_citizens BEFORE INSERT ON ledger_walletmerge
    FOR EACH ROW EXECUTE FUNCTION ledger_merge_of_citizens();
"""
DROP_MERGE = """
DROP TRIGGER of_citizens ON ledger_walletmerge;
DROP FUNCTION ledger_merge_of_citizens();
DROP TRIGGER only_undone_once ON ledger_walletmerge;
DROP TRIGGER append_only ON ledger_walletmerge;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_expiry_after_notice'),
    ]

    operations = [
        migrations.CreateModel(
            name='WalletMerge',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=Now())),
                ('undo_until', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='kind',
            field=models.CharField(choices=[(kind, kind) for kind in EntryKind], max_length=32),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', False), ('kind__in', [EntryKind.MERGE_GIVEN, EntryKind.MERGE_DEBT_GIVEN])), fields=('corrects',), name='entry_merged_once'),
        ),
        migrations.AddField(
            model_name='walletmerge',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merges_away', to='ledger.wallet'),
        ),
        migrations.AddField(
            model_name='walletmerge',
            name='target',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merges_here', to='ledger.wallet'),
        ),
        migrations.AddIndex(
            model_name='walletmerge',
            index=models.Index(condition=models.Q(('undone_at__isnull', True)), fields=['target'], name='merge_by_target'),
        ),
        migrations.AddConstraint(
            model_name='walletmerge',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='merge_of_two_wallets'),
        ),
        migrations.AddConstraint(
            model_name='walletmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('source',), name='merge_source_once'),
        ),
        migrations.RunSQL(_operation(OPERATIONS), _operation(_earlier.OPERATIONS)),
        migrations.RunSQL(NAMED, EARLIER_NAMED),
        migrations.RunSQL(PAIRED, DROP_PAIRED),
        migrations.RunSQL(MERGE, DROP_MERGE),
    ]
