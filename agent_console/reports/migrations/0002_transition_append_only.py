"""A report's history can't be rewritten, whoever asks: the database refuses.

TRUNCATE is the owner's alone (the runtime role has no such right): test runs need it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reports_transition_append_only
    BEFORE UPDATE OR DELETE ON reports_transition
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""
BACKWARD = """
DROP TRIGGER reports_transition_append_only ON reports_transition;
DROP FUNCTION reports_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
