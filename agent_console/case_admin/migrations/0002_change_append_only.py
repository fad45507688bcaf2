"""The history of settings can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION case_admin_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER case_admin_change_append_only
    BEFORE UPDATE OR DELETE ON case_admin_change
    FOR EACH STATEMENT EXECUTE FUNCTION case_admin_refuse_change();
"""
BACKWARD = """
DROP TRIGGER case_admin_change_append_only ON case_admin_change;
DROP FUNCTION case_admin_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("case_admin", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
