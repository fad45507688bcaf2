"""What became of a call-back can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION calls_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER calls_callbackstep_append_only
    BEFORE UPDATE OR DELETE ON calls_callbackstep
    FOR EACH STATEMENT EXECUTE FUNCTION calls_refuse_change();
"""
BACKWARD = """
DROP TRIGGER calls_callbackstep_append_only ON calls_callbackstep;
DROP FUNCTION calls_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_callbacks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
