"""The audit trail can't be rewritten, whoever asks, nor forgotten within half a year.

Entries end by retention (``RETENTION_DAYS["audit"]``), which the runtime role applies: it may delete,
and the database refuses what is younger than 180 days, the least that is worth keeping (CNIL,
recommendation on logging, 14 October 2021: six months to a year).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION staff_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '180 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER staff_auditentry_append_only
    BEFORE UPDATE OR DELETE ON staff_auditentry
    FOR EACH ROW EXECUTE FUNCTION staff_refuse_change();
"""
BACKWARD = """
DROP TRIGGER staff_auditentry_append_only ON staff_auditentry;
DROP FUNCTION staff_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_audit_entry")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
