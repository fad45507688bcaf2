"""What an entry names fits it: its kind, its wallet, its points and its lots."""

from django.db import migrations

# A row trigger, unlike those of 0005, because its condition is looked at as the row is written: an
# entry that names no other one (every reward) never gets here. It runs at the end of the statement
# all the same, when the postings and the lots of both entries are there; both are found by their
# entries' ids. That an entry ends, refunds or reverses another one once is a unique index (0001),
# which is why earlier ones need not be summed up.
#
# That these four kinds name an entry at all is checked with their postings (0005).
NAMED = """
CREATE FUNCTION ledger_entry_fits_what_it_names() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    refused text;
BEGIN
    WITH entry AS (
        SELECT entry.id, entry.kind, entry.wallet_id,
               coalesce(sum(posting.points) FILTER (
                   WHERE account.kind = 'wallet_available'), 0) AS available,
               coalesce(sum(posting.points) FILTER (
                   WHERE account.kind = 'wallet_held'), 0) AS held,
               coalesce(sum(posting.points) FILTER (
                   WHERE account.kind = 'wallet_recoverable'), 0) AS owed,
               coalesce(sum(posting.points) FILTER (
                   WHERE account.kind = 'partner_earned'), 0) AS earned,
               (array_agg(account.wallet_id) FILTER (
                   WHERE account.kind = 'partner_earned'))[1] AS partner_id
          FROM public.ledger_journalentry entry
          JOIN public.ledger_posting posting ON posting.entry_id = entry.id
          JOIN public.ledger_account account ON account.id = posting.account_id
         WHERE entry.id IN (NEW.id, NEW.corrects_id)
         GROUP BY entry.id)
    SELECT CASE
               WHEN NOT coalesce(CASE
                        WHEN entry.kind IN ('redemption_captured', 'redemption_released')
                            THEN named.kind = 'redemption_held'
                        WHEN entry.kind = 'redemption_refunded'
                            THEN named.kind = 'redemption_captured'
                        WHEN entry.kind = 'reward_reversed'
                            THEN named.kind IN ('reward_posted', 'reward_granted')
                    END, false) THEN 'entry_names_kind'
               WHEN entry.wallet_id <> named.wallet_id
                 OR entry.kind = 'redemption_refunded' AND entry.partner_id <> named.partner_id
                   THEN 'entry_names_wallet'
               WHEN CASE entry.kind
                        WHEN 'redemption_refunded' THEN entry.earned <> -named.earned
                        WHEN 'reward_reversed'
                            THEN entry.owed - entry.available > named.available
                        ELSE entry.held <> -named.held
                    END THEN 'entry_names_points'
               WHEN entry.kind = 'redemption_released' AND EXISTS (
                        SELECT FROM public.ledger_lotmovement movement
                         WHERE movement.entry_id IN (entry.id, named.id)
                         GROUP BY movement.lot_id HAVING sum(movement.points) <> 0)
                   THEN 'entry_names_lots'
           END
      INTO refused
      FROM entry, entry named
     WHERE entry.id = NEW.id AND named.id = NEW.corrects_id;
    IF NOT FOUND THEN
        refused := 'entry_names_kind';
    END IF;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not fit the one that it names: %', NEW.id, refused
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = refused;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fits_what_it_names AFTER INSERT ON ledger_journalentry
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL)
    EXECUTE FUNCTION ledger_entry_fits_what_it_names();
"""
DROP_NAMED = """
DROP TRIGGER fits_what_it_names ON ledger_journalentry;
DROP FUNCTION ledger_entry_fits_what_it_names();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_entries_settle")]
    operations = [migrations.RunSQL(NAMED, DROP_NAMED)]
