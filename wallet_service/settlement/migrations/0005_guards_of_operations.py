"""What was signed, compared and kept stays, in the tables that came with chain operations too."""

from django.db import migrations

APPEND_ONLY_TABLES = (
    "settlement_senderkey",
    "settlement_reconciliationdrift",
    "settlement_chaincheckpoint",
)


def _append_only(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )


# Which transaction settles a batch may change (another stands in for one that was reverted); what
# the batch is may not.
BATCH = """
DROP TRIGGER append_only ON settlement_batch;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON settlement_batch
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER formed_once BEFORE UPDATE ON settlement_batch
    FOR EACH ROW
    WHEN ((OLD.id, OLD.transaction_id, OLD.operation, OLD.first_number, OLD.line_count, OLD.points,
           OLD.created_at)
          IS DISTINCT FROM
          (NEW.id, NEW.transaction_id, NEW.operation, NEW.first_number, NEW.line_count, NEW.points,
           NEW.created_at))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_BATCH = """
DROP TRIGGER append_only ON settlement_batch;
DROP TRIGGER formed_once ON settlement_batch;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_batch
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

PLACE = """
CREATE TRIGGER placed_once BEFORE UPDATE ON settlement_chaintransaction
    FOR EACH ROW
    WHEN ((OLD.place, OLD.supersedes_id) IS DISTINCT FROM (NEW.place, NEW.supersedes_id))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_PLACE = "DROP TRIGGER placed_once ON settlement_chaintransaction;"


class Migration(migrations.Migration):
    dependencies = [("settlement", "0004_chain_operations")]
    operations = [
        *[_append_only(table) for table in APPEND_ONLY_TABLES],
        migrations.RunSQL(BATCH, DROP_BATCH),
        migrations.RunSQL(PLACE, DROP_PLACE),
    ]
