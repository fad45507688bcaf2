"""A cashier's history can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION partners_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER partners_cashierchange_append_only
    BEFORE UPDATE OR DELETE ON partners_cashierchange
    FOR EACH STATEMENT EXECUTE FUNCTION partners_refuse_change();
"""
BACKWARD = """
DROP TRIGGER partners_cashierchange_append_only ON partners_cashierchange;
DROP FUNCTION partners_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
