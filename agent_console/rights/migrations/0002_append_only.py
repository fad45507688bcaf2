"""What was done about somebody's data can't be rewritten: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION rights_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rights_rightsact_append_only
    BEFORE UPDATE OR DELETE ON rights_rightsact
    FOR EACH STATEMENT EXECUTE FUNCTION rights_refuse_change();
"""
BACKWARD = """
DROP TRIGGER rights_rightsact_append_only ON rights_rightsact;
DROP FUNCTION rights_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
