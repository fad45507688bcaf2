"""What an operator did can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION redemptions_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER redemptions_assistedact_append_only
    BEFORE UPDATE OR DELETE ON redemptions_assistedact
    FOR EACH STATEMENT EXECUTE FUNCTION redemptions_refuse_change();
"""
BACKWARD = """
DROP TRIGGER redemptions_assistedact_append_only ON redemptions_assistedact;
DROP FUNCTION redemptions_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("redemptions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
