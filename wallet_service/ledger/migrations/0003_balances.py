"""Balances that only postings move, and entries that sum to zero at commit."""

from django.db import migrations

# Runs as the owner, because the runtime role has no UPDATE on accounts; the search path is fixed
# so that no object of the caller's can stand in for ours.  The UPDATE locks the account's row until
# the end of the transaction: callers insert postings in account order, so they can't deadlock.
APPLY = """
CREATE FUNCTION ledger_posting_apply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.ledger_account
       SET balance_points = balance_points + NEW.points, posting_count = posting_count + 1
     WHERE id = NEW.account_id
    RETURNING balance_points, posting_count INTO NEW.balance_after, NEW.account_sequence;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'posting on an unknown account' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION ledger_posting_apply() FROM PUBLIC;
CREATE TRIGGER apply_to_balance BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_apply();
"""
DROP_APPLY = """
DROP TRIGGER apply_to_balance ON ledger_posting;
DROP FUNCTION ledger_posting_apply();
"""

# pg_trigger_depth() is 0 for a statement of ours and 1 for the UPDATE made by the trigger above.
ACCOUNT = """
CREATE TRIGGER balance_moves_by_posting BEFORE UPDATE ON ledger_account
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER opens_empty BEFORE INSERT ON ledger_account
    FOR EACH ROW WHEN (NEW.balance_points <> 0 OR NEW.posting_count <> 0)
    EXECUTE FUNCTION ledger_refuse_change();
-- Room for the new version of a row on its own page: balances change all the time (HOT updates).
ALTER TABLE ledger_account SET (fillfactor = 70);
"""
DROP_ACCOUNT = """
ALTER TABLE ledger_account RESET (fillfactor);
DROP TRIGGER balance_moves_by_posting ON ledger_account;
DROP TRIGGER append_only ON ledger_account;
DROP TRIGGER opens_empty ON ledger_account;
"""

# An entry is complete when its transaction commits: at least two postings, sum zero, and none
# added by a later transaction.  Checked at commit, so the order of the inserts is free.
BALANCED = """
ALTER TABLE ledger_journalentry ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION ledger_entry_must_balance() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry uuid;
    lines bigint;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'ledger_posting' THEN
        entry := NEW.entry_id;
        IF NOT EXISTS (SELECT 1 FROM public.ledger_journalentry
                        WHERE id = entry AND written_in = pg_current_xact_id()) THEN
            RAISE EXCEPTION 'entry % is closed', entry
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_closed';
        END IF;
    ELSE
        entry := NEW.id;
    END IF;
    SELECT count(*), coalesce(sum(points), 0) INTO lines, total
      FROM public.ledger_posting WHERE entry_id = entry;
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'entry % has % postings that sum to %', entry, lines, total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_must_balance();
CREATE CONSTRAINT TRIGGER entry_balanced AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_must_balance();
"""
DROP_BALANCED = """
DROP TRIGGER entry_balanced ON ledger_posting;
DROP TRIGGER entry_balanced ON ledger_journalentry;
DROP FUNCTION ledger_entry_must_balance();
ALTER TABLE ledger_journalentry DROP COLUMN written_in;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.RunSQL(APPLY, DROP_APPLY),
        migrations.RunSQL(ACCOUNT, DROP_ACCOUNT),
        migrations.RunSQL(BALANCED, DROP_BALANCED),
    ]
