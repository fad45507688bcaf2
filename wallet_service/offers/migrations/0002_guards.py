"""What the database itself enforces about partners, offers, vouchers and statements."""

from django.db import migrations

# Every version of a partner or an offer, written by the change itself, so that none can be made
# without its before, after, author and time.  A row in a history by hand is refused.
HISTORY = """
CREATE FUNCTION offers_next_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.version <> 1
       OR TG_OP = 'UPDATE' AND NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION '% %: version % is not the next', TG_TABLE_NAME, NEW.id, NEW.version
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'next_version';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION offers_keep_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    apart CONSTANT text[] := '{id,version,changed_by,created_at}';
    before jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD) - apart;
    END IF;
    EXECUTE format('INSERT INTO public.%I (%I, version, before, after, actor, created_at)'
                   ' VALUES ($1, $2, $3, $4, $5, clock_timestamp())',
                   TG_TABLE_NAME || 'change', TG_ARGV[0])
      USING NEW.id, NEW.version, before, to_jsonb(NEW) - apart, NEW.changed_by;
    RETURN NULL;
END $$;
CREATE TRIGGER next_version BEFORE INSERT OR UPDATE ON offers_partner
    FOR EACH ROW EXECUTE FUNCTION offers_next_version();
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE ON offers_partner
    FOR EACH ROW EXECUTE FUNCTION offers_keep_history('partner_id');
CREATE TRIGGER next_version BEFORE INSERT OR UPDATE ON offers_offer
    FOR EACH ROW EXECUTE FUNCTION offers_next_version();
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE ON offers_offer
    FOR EACH ROW EXECUTE FUNCTION offers_keep_history('offer_id');
CREATE TRIGGER by_trigger_only BEFORE INSERT ON offers_partnerchange
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER by_trigger_only BEFORE INSERT ON offers_offerchange
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_HISTORY = """
DROP TRIGGER by_trigger_only ON offers_offerchange;
DROP TRIGGER by_trigger_only ON offers_partnerchange;
DROP TRIGGER keep_history ON offers_offer;
DROP TRIGGER next_version ON offers_offer;
DROP TRIGGER keep_history ON offers_partner;
DROP TRIGGER next_version ON offers_partner;
DROP FUNCTION offers_keep_history();
DROP FUNCTION offers_next_version();
"""

APPEND_ONLY_TABLES = (
    "offers_partnerchange",
    "offers_offerchange",
    "offers_agreement",
    "offers_statement",
)
KEPT_TABLES = (
    "offers_partner",
    "offers_offer",
    "offers_offerstock",
    "offers_redemption",
    "offers_dispute",
)


def _refuse(table: str, what: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE {what} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


# A partner keeps its SIRET, an offer its partner; the table OFFER_TRANSITIONS of offers/domain.py.
IDENTITY = """
CREATE TRIGGER identity_stays BEFORE UPDATE ON offers_partner
    FOR EACH ROW WHEN ((OLD.id, OLD.siret, OLD.created_at)
                       IS DISTINCT FROM (NEW.id, NEW.siret, NEW.created_at))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER identity_stays BEFORE UPDATE ON offers_offer
    FOR EACH ROW WHEN ((OLD.id, OLD.partner_id, OLD.created_at)
                       IS DISTINCT FROM (NEW.id, NEW.partner_id, NEW.created_at)
                       OR (NEW.state = 'draft' AND OLD.state <> 'draft'))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_IDENTITY = """
DROP TRIGGER identity_stays ON offers_partner;
DROP TRIGGER identity_stays ON offers_offer;
"""

# A voucher names a version of its offer that exists, and the offer's own partner.
TERMS = """
ALTER TABLE offers_offer ADD CONSTRAINT offer_and_partner UNIQUE (id, partner_id);
ALTER TABLE offers_redemption ADD CONSTRAINT redemption_partner_of_its_offer
    FOREIGN KEY (offer_id, partner_id) REFERENCES offers_offer (id, partner_id);
ALTER TABLE offers_redemption ADD CONSTRAINT redemption_version_of_its_offer
    FOREIGN KEY (offer_id, offer_version) REFERENCES offers_offerchange (offer_id, version);
"""
DROP_TERMS = """
ALTER TABLE offers_redemption DROP CONSTRAINT redemption_version_of_its_offer;
ALTER TABLE offers_redemption DROP CONSTRAINT redemption_partner_of_its_offer;
ALTER TABLE offers_offer DROP CONSTRAINT offer_and_partner;
"""

# The table REDEMPTION_TRANSITIONS of offers/domain.py; besides, a captured voucher enters a
# statement once, and only in the transaction that writes the statement.
VOUCHERS = """
ALTER TABLE offers_statement ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE TRIGGER opens_held BEFORE INSERT ON offers_redemption
    FOR EACH ROW WHEN (NEW.state <> 'held') EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER only_legal_transitions BEFORE UPDATE ON offers_redemption
    FOR EACH ROW
    WHEN ((OLD.state, NEW.state) NOT IN (('held', 'captured'), ('held', 'cancelled'),
                                         ('held', 'expired'), ('captured', 'refunded'),
                                         ('captured', 'captured'))
          OR (OLD.id, OLD.wallet_id, OLD.offer_id, OLD.offer_version, OLD.partner_id)
             IS DISTINCT FROM
             (NEW.id, NEW.wallet_id, NEW.offer_id, NEW.offer_version, NEW.partner_id)
          OR (OLD.channel, OLD.code, OLD.points, OLD.reimbursement_cents, OLD.hold_entry_id)
             IS DISTINCT FROM
             (NEW.channel, NEW.code, NEW.points, NEW.reimbursement_cents, NEW.hold_entry_id)
          OR (OLD.created_at, OLD.expires_at) IS DISTINCT FROM (NEW.created_at, NEW.expires_at)
          OR (OLD.state = 'captured'
              AND (OLD.capture_entry_id, OLD.captured_at, OLD.cashier, OLD.site, OLD.own_voucher,
                   OLD.flagged)
                  IS DISTINCT FROM
                  (NEW.capture_entry_id, NEW.captured_at, NEW.cashier, NEW.site, NEW.own_voucher,
                   NEW.flagged)))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE FUNCTION offers_enters_statement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.statement_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM public.offers_statement
         WHERE id = NEW.statement_id AND partner_id = NEW.partner_id
           AND written_in = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'redemption % can''t enter statement %', NEW.id, NEW.statement_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enters_statement_once BEFORE UPDATE ON offers_redemption
    FOR EACH ROW WHEN (OLD.statement_id IS DISTINCT FROM NEW.statement_id)
    EXECUTE FUNCTION offers_enters_statement();
"""
DROP_VOUCHERS = """
DROP TRIGGER enters_statement_once ON offers_redemption;
DROP FUNCTION offers_enters_statement();
DROP TRIGGER only_legal_transitions ON offers_redemption;
DROP TRIGGER opens_held ON offers_redemption;
ALTER TABLE offers_statement DROP COLUMN written_in;
"""

# Checked at commit, because the vouchers enter after the statement is written.
TOTALS = """
CREATE FUNCTION offers_statement_adds_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_vouchers bigint;
    found_points numeric;
    found_cents numeric;
BEGIN
    SELECT count(*), coalesce(sum(points), 0), coalesce(sum(reimbursement_cents), 0)
      INTO found_vouchers, found_points, found_cents
      FROM public.offers_redemption WHERE statement_id = NEW.id;
    IF found_vouchers <> NEW.vouchers OR found_points <> NEW.points
       OR found_cents <> NEW.reimbursement_cents THEN
        RAISE EXCEPTION 'statement % does not add up', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER statement_adds_up AFTER INSERT ON offers_statement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION offers_statement_adds_up();
"""
DROP_TOTALS = """
DROP TRIGGER statement_adds_up ON offers_statement;
DROP FUNCTION offers_statement_adds_up();
"""

# The table DISPUTE_TRANSITIONS of offers/domain.py.
DISPUTES = """
CREATE TRIGGER only_legal_transitions BEFORE UPDATE ON offers_dispute
    FOR EACH ROW
    WHEN ((OLD.state, NEW.state) NOT IN (('open', 'dismissed'), ('open', 'refund_proposed'),
                                         ('refund_proposed', 'refunded'),
                                         ('refund_proposed', 'open'), ('open', 'refunded'))
          OR (OLD.id, OLD.redemption_id, OLD.reason, OLD.side, OLD.opened_by, OLD.opened_at)
             IS DISTINCT FROM
             (NEW.id, NEW.redemption_id, NEW.reason, NEW.side, NEW.opened_by, NEW.opened_at))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER opens_open BEFORE INSERT ON offers_dispute
    FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_DISPUTES = """
DROP TRIGGER only_legal_transitions ON offers_dispute;
DROP TRIGGER opens_open ON offers_dispute;
"""


class Migration(migrations.Migration):
    dependencies = [("offers", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        migrations.RunSQL(HISTORY, DROP_HISTORY),
        *[_refuse(table, "UPDATE OR DELETE OR TRUNCATE") for table in APPEND_ONLY_TABLES],
        *[_refuse(table, "DELETE OR TRUNCATE") for table in KEPT_TABLES],
        migrations.RunSQL(IDENTITY, DROP_IDENTITY),
        migrations.RunSQL(TERMS, DROP_TERMS),
        migrations.RunSQL(VOUCHERS, DROP_VOUCHERS),
        migrations.RunSQL(TOTALS, DROP_TOTALS),
        migrations.RunSQL(DISPUTES, DROP_DISPUTES),
    ]
