"""Who linked which card can't be rewritten, whoever asks: the database refuses.

TRUNCATE is the owner's alone (the runtime role has no such right): test runs need it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION collectors_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER collectors_cardchange_append_only
    BEFORE UPDATE OR DELETE ON collectors_cardchange
    FOR EACH STATEMENT EXECUTE FUNCTION collectors_refuse_change();
"""
BACKWARD = """
DROP TRIGGER collectors_cardchange_append_only ON collectors_cardchange;
DROP FUNCTION collectors_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("collectors", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
