"""Rows that nobody may change or remove, the owner role included.

Grants already keep the runtime role out; these triggers also stop the owner, a mistake in a
migration and a hand in ``psql``.  Undoing them takes DDL, which an audit of the catalogue shows.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME,
              CONSTRAINT = 'append_only';
END $$;
"""
DROP_REFUSE = "DROP FUNCTION ledger_refuse_change();"

APPEND_ONLY_TABLES = (
    "ledger_wallet",
    "ledger_journalentry",
    "ledger_posting",
    "ledger_lotmovement",
    "ledger_lotnotice",
    "ledger_issuingstop",
    "ledger_idempotencykey",
)


def _append_only(table: str) -> migrations.RunSQL:
    # One statement trigger covers all three, TRUNCATE and statements that match no row included.
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


# The outbox: the relayer may put an intent into a batch, once; nothing else ever changes.
INTENT = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_settlementintent
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER only_batched_once BEFORE UPDATE ON ledger_settlementintent
    FOR EACH ROW
    WHEN (OLD.batched OR NOT NEW.batched
          OR (OLD.id, OLD.entry_id, OLD.operation, OLD.points, OLD.created_at)
             IS DISTINCT FROM (NEW.id, NEW.entry_id, NEW.operation, NEW.points, NEW.created_at)
          OR (OLD.from_address, OLD.to_address)
             IS DISTINCT FROM (NEW.from_address, NEW.to_address))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_INTENT = """
DROP TRIGGER append_only ON ledger_settlementintent;
DROP TRIGGER only_batched_once ON ledger_settlementintent;
"""

# An announcement is acknowledged once.
NOTICE = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_expirynotice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER only_acknowledged_once BEFORE UPDATE ON ledger_expirynotice
    FOR EACH ROW
    WHEN (OLD.acknowledged_at IS NOT NULL OR NEW.acknowledged_at IS NULL
          OR (OLD.id, OLD.wallet_id, OLD.expires_at, OLD.points, OLD.created_at)
             IS DISTINCT FROM
             (NEW.id, NEW.wallet_id, NEW.expires_at, NEW.points, NEW.created_at))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_NOTICE = """
DROP TRIGGER append_only ON ledger_expirynotice;
DROP TRIGGER only_acknowledged_once ON ledger_expirynotice;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, DROP_REFUSE),
        *[_append_only(table) for table in APPEND_ONLY_TABLES],
        migrations.RunSQL(INTENT, DROP_INTENT),
        migrations.RunSQL(NOTICE, DROP_NOTICE),
    ]
