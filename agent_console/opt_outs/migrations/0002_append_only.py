"""Who asked for what and when can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION opt_outs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER opt_outs_change_append_only
    BEFORE UPDATE OR DELETE ON opt_outs_optoutchange
    FOR EACH STATEMENT EXECUTE FUNCTION opt_outs_refuse_change();
"""
BACKWARD = """
DROP TRIGGER opt_outs_change_append_only ON opt_outs_optoutchange;
DROP FUNCTION opt_outs_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("opt_outs", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
