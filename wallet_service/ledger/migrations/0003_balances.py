"""Balances that only postings move, and lots that only lot movements draw on."""

from django.db import migrations

# Runs as the owner, because the runtime role has no UPDATE on accounts; the search path is fixed
# so that no object of the caller's can stand in for ours.  The UPDATE locks the account's row until
# the end of the transaction: callers insert postings in account order, so they can't deadlock.
#
# No sequential scans, here and in 0005: a session keeps the plan that it made when the table was
# small, and a ledger that is filled fast would be read whole for every row until it is analysed.
APPLY = """
CREATE FUNCTION ledger_posting_apply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    UPDATE public.ledger_account
       SET balance_points = balance_points + NEW.points, posting_count = posting_count + 1
     WHERE id = NEW.account_id
    RETURNING balance_points, posting_count INTO NEW.balance_after, NEW.account_sequence;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'posting on an unknown account'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_account_known';
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

# A citizen has accounts of a citizen's kinds, a partner its own, and so has the system.
HOLDER = """
CREATE FUNCTION ledger_account_fits_holder() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    holder text := coalesce((SELECT wallet.holder FROM public.ledger_wallet wallet
                              WHERE wallet.id = NEW.wallet_id), 'system');
BEGIN
    IF holder <> (CASE
        WHEN NEW.kind IN ('wallet_available', 'wallet_pending', 'wallet_held',
                          'wallet_recoverable') THEN 'citizen'
        WHEN NEW.kind = 'partner_earned' THEN 'partner'
        WHEN NEW.kind IN ('issuance', 'issuance_pending', 'expiry', 'settlement',
                          'recoverable_claims') THEN 'system'
        ELSE 'nobody' END)
    THEN
        RAISE EXCEPTION 'no % account for this holder', NEW.kind
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'account_fits_holder';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits_holder BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_fits_holder();
"""
DROP_HOLDER = """
DROP TRIGGER fits_holder ON ledger_account;
DROP FUNCTION ledger_account_fits_holder();
"""

# What is left of a lot moves like a balance; its bounds are constraints of the table.
LOT = """
CREATE FUNCTION ledger_lotmovement_apply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    UPDATE public.ledger_lot SET remaining_points = remaining_points + NEW.points
     WHERE id = NEW.lot_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'movement of an unknown lot'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'lotmovement_lot_known';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION ledger_lotmovement_apply() FROM PUBLIC;
CREATE TRIGGER apply_to_lot BEFORE INSERT ON ledger_lotmovement
    FOR EACH ROW EXECUTE FUNCTION ledger_lotmovement_apply();
CREATE TRIGGER lot_moves_by_movement BEFORE UPDATE ON ledger_lot
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_lot
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER opens_full BEFORE INSERT ON ledger_lot
    FOR EACH ROW WHEN (NEW.remaining_points <> NEW.points)
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_LOT = """
DROP TRIGGER apply_to_lot ON ledger_lotmovement;
DROP FUNCTION ledger_lotmovement_apply();
DROP TRIGGER lot_moves_by_movement ON ledger_lot;
DROP TRIGGER append_only ON ledger_lot;
DROP TRIGGER opens_full ON ledger_lot;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.RunSQL(APPLY, DROP_APPLY),
        migrations.RunSQL(ACCOUNT, DROP_ACCOUNT),
        migrations.RunSQL(HOLDER, DROP_HOLDER),
        migrations.RunSQL(LOT, DROP_LOT),
    ]
