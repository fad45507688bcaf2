"""What was signed can't be changed or removed, the owner role included; and the relayer's wake-up.

See ``ledger/migrations/0002_append_only`` for why triggers come on top of the grants.
"""

from django.db import migrations

APPEND_ONLY_TABLES = (
    "settlement_deployment",
    "settlement_batch",
    "settlement_settlementline",
    "settlement_reconciliationrun",
)


def _append_only(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


# The signed bytes and their place in the sequence stay; what the chain says of them may change.
TRANSACTION = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON settlement_chaintransaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER signed_once BEFORE UPDATE ON settlement_chaintransaction
    FOR EACH ROW
    WHEN ((OLD.sequence, OLD.deployment_id, OLD.kind, OLD.sender_role, OLD.sender, OLD.nonce,
           OLD.raw, OLD.hash, OLD.granted_role, OLD.granted_to, OLD.created_at)
          IS DISTINCT FROM
          (NEW.sequence, NEW.deployment_id, NEW.kind, NEW.sender_role, NEW.sender, NEW.nonce,
           NEW.raw, NEW.hash, NEW.granted_role, NEW.granted_to, NEW.created_at))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_TRANSACTION = """
DROP TRIGGER append_only ON settlement_chaintransaction;
DROP TRIGGER signed_once ON settlement_chaintransaction;
"""

# NOTIFY takes a lock at commit that makes all notifying transactions of the server commit one
# after the other, which would cap the ledger at one disk flush a reward. So it is sent only while
# the relayer sleeps, which the relayer shows by holding an advisory lock (settlement/locks.py:
# 1296321872 is its class, 3 its number) for itself. A writer that gets the lock shared keeps it
# until its commit; the relayer can't begin to sleep before, and looks for intents once more after.
WAKE = """
CREATE FUNCTION settlement_wake_relayer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock_shared(1296321872, 3) THEN
        PERFORM pg_notify('settlement_intents', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wake_relayer AFTER INSERT ON ledger_settlementintent
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_wake_relayer();
"""
DROP_WAKE = """
DROP TRIGGER wake_relayer ON ledger_settlementintent;
DROP FUNCTION settlement_wake_relayer();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        *[_append_only(table) for table in APPEND_ONLY_TABLES],
        migrations.RunSQL(TRANSACTION, DROP_TRANSACTION),
        migrations.RunSQL(WAKE, DROP_WAKE),
    ]
