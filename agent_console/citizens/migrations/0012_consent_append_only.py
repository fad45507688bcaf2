"""What was asked and answered can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION citizens_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER citizens_walletconsent_append_only
    BEFORE UPDATE OR DELETE ON citizens_walletconsent
    FOR EACH STATEMENT EXECUTE FUNCTION citizens_refuse_change();
"""
BACKWARD = """
DROP TRIGGER citizens_walletconsent_append_only ON citizens_walletconsent;
DROP FUNCTION citizens_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0011_wallet_consent")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
