"""What a caller answered about points can't be rewritten: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION calls_desk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER calls_desk_walletanswer_append_only
    BEFORE UPDATE OR DELETE ON calls_desk_walletanswer
    FOR EACH STATEMENT EXECUTE FUNCTION calls_desk_refuse_change();
"""
BACKWARD = """
DROP TRIGGER calls_desk_walletanswer_append_only ON calls_desk_walletanswer;
DROP FUNCTION calls_desk_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("calls_desk", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
