"""What settles an entry is tied to it: written with it, and for the very points it moves."""

from django.db import migrations

# The chain knows of a wallet what is available or held. So the changes that an entry makes to that
# sum, wallet by wallet, must be those its intent asks of the chain: one gain for a mint, one loss
# for a burn, both for a move, and no intent where nothing changes. The kinds that have to settle
# are listed on top, so that postings which cancel out can't hide one.
#
# Checked at commit, and again for whatever a transaction writes after asking for an early check
# (SET CONSTRAINTS ... IMMEDIATE). Postings on other accounts change nothing here.
SETTLES = """
CREATE FUNCTION ledger_entry_must_settle() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry public.ledger_journalentry;
    intent public.ledger_settlementintent;
BEGIN
    IF TG_TABLE_NAME = 'ledger_posting' THEN
        IF NOT EXISTS (SELECT 1 FROM public.ledger_account WHERE id = NEW.account_id
                          AND kind IN ('wallet_available', 'wallet_held')) THEN
            RETURN NULL;
        END IF;
        SELECT * INTO entry FROM public.ledger_journalentry WHERE id = NEW.entry_id;
    ELSIF TG_TABLE_NAME = 'ledger_settlementintent' THEN
        SELECT * INTO entry FROM public.ledger_journalentry WHERE id = NEW.entry_id;
        IF entry.written_in <> pg_current_xact_id() THEN
            RAISE EXCEPTION 'entry % is closed', entry.id
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_closed';
        END IF;
    ELSE
        entry := NEW;
    END IF;
    SELECT * INTO intent FROM public.ledger_settlementintent WHERE entry_id = entry.id;
    IF entry.kind = 'reward_posted' AND intent.operation IS DISTINCT FROM 'mint' THEN
        RAISE EXCEPTION 'entry % has nothing that mints it', entry.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_settles';
    END IF;
    IF EXISTS (
        SELECT 1
          FROM (SELECT wallet.address, sum(posting.points) AS points
                  FROM public.ledger_posting posting
                  JOIN public.ledger_account account ON account.id = posting.account_id
                  JOIN public.ledger_wallet wallet ON wallet.id = account.wallet_id
                 WHERE posting.entry_id = entry.id
                   AND account.kind IN ('wallet_available', 'wallet_held')
                 GROUP BY wallet.address HAVING sum(posting.points) <> 0) AS moved
          FULL JOIN (SELECT side.address, side.points
                       FROM (VALUES (intent.to_address, intent.points),
                                    (intent.from_address, -intent.points))
                         AS side (address, points)
                      WHERE side.address IS NOT NULL) AS settled USING (address)
         WHERE moved.points IS DISTINCT FROM settled.points
    ) THEN
        RAISE EXCEPTION 'entry % moves other points than its intent', entry.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_settles';
    END IF;
    -- The wallet whose statement shows the entry is the one it settles for.
    IF intent.id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM public.ledger_wallet
         WHERE id = entry.wallet_id AND address IN (intent.to_address, intent.from_address)
    ) THEN
        RAISE EXCEPTION 'entry % settles for another wallet than its own', entry.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_settles';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_settles AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_must_settle();
CREATE CONSTRAINT TRIGGER entry_settles AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_must_settle();
CREATE CONSTRAINT TRIGGER entry_settles AFTER INSERT ON ledger_settlementintent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_must_settle();
"""
DROP_SETTLES = """
DROP TRIGGER entry_settles ON ledger_posting;
DROP TRIGGER entry_settles ON ledger_journalentry;
DROP TRIGGER entry_settles ON ledger_settlementintent;
DROP FUNCTION ledger_entry_must_settle();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_system_accounts")]
    operations = [migrations.RunSQL(SETTLES, DROP_SETTLES)]
