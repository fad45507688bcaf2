"""Points expire at their lot's date and a notice period after their announcement was dealt with, by
the database's own clock."""

from django.db import migrations

# Takes the place of 0005's function. The hours are lots.NOTICE_PERIOD; a test compares the two. In
# hours, because a day is not always as long in a session's time zone.
NOTICE_HOURS = 720
_ANNOUNCED = """
CREATE OR REPLACE FUNCTION ledger_expiry_announced() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written
          JOIN public.ledger_journalentry entry ON entry.id = written.entry_id
         WHERE entry.kind = 'points_expired' AND NOT EXISTS (
               SELECT FROM public.ledger_lotnotice announced
                 JOIN public.ledger_expirynotice notice ON notice.id = announced.notice_id
                 {lot}
                WHERE announced.lot_id = written.lot_id AND {told})
    ) THEN
        RAISE EXCEPTION 'points expire unannounced{early}'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'expiry_announced';
    END IF;
    RETURN NULL;
END $$;
"""
EXPIRY = _ANNOUNCED.format(
    lot="JOIN public.ledger_lot lot ON lot.id = announced.lot_id AND lot.expires_at <= now()",
    told=f"notice.acknowledged_at <= now() - interval '{NOTICE_HOURS} hours'",
    early=" or early",
)
EARLIER_EXPIRY = _ANNOUNCED.format(lot="", told="notice.acknowledged_at IS NOT NULL", early="")

# The notice period can't have begun before anybody was told: an announcement is made without its
# acknowledgement, gets it at the time of the statement that writes it, and is of the very lots that
# it names.
NOTICE = """
CREATE TRIGGER opens_unacknowledged BEFORE INSERT ON ledger_expirynotice
    FOR EACH ROW WHEN (NEW.acknowledged_at IS NOT NULL)
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER acknowledged_now BEFORE UPDATE ON ledger_expirynotice
    FOR EACH ROW WHEN (NEW.acknowledged_at < now() OR NEW.acknowledged_at > clock_timestamp())
    EXECUTE FUNCTION ledger_refuse_change();
CREATE FUNCTION ledger_lotnotice_fits() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written
          LEFT JOIN (public.ledger_lot lot JOIN public.ledger_expirynotice notice
                     ON notice.wallet_id = lot.wallet_id AND notice.expires_at = lot.expires_at
                    AND notice.acknowledged_at IS NULL)
            ON lot.id = written.lot_id AND notice.id = written.notice_id
         WHERE lot.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a lot is not announced by this notice'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lotnotice_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fits AFTER INSERT ON ledger_lotnotice
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_lotnotice_fits();
"""
DROP_NOTICE = """
DROP TRIGGER fits ON ledger_lotnotice;
DROP FUNCTION ledger_lotnotice_fits();
DROP TRIGGER acknowledged_now ON ledger_expirynotice;
DROP TRIGGER opens_unacknowledged ON ledger_expirynotice;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_entries_fit_what_they_name")]
    operations = [
        migrations.RunSQL(EXPIRY, EARLIER_EXPIRY),
        migrations.RunSQL(NOTICE, DROP_NOTICE),
    ]
