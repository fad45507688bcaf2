"""Which form made which account can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION partner_admin_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER partner_admin_accountmade_append_only
    BEFORE UPDATE OR DELETE ON partner_admin_accountmade
    FOR EACH STATEMENT EXECUTE FUNCTION partner_admin_refuse_change();
"""
BACKWARD = """
DROP TRIGGER partner_admin_accountmade_append_only ON partner_admin_accountmade;
DROP FUNCTION partner_admin_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("partner_admin", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
