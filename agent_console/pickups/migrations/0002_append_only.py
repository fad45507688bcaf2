"""What happened to a booking and who changed a setting can't be rewritten: the database refuses.

TRUNCATE is the owner's alone (the runtime role has no such right): test runs need it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION pickups_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pickups_bookingstep_append_only
    BEFORE UPDATE OR DELETE ON pickups_bookingstep
    FOR EACH STATEMENT EXECUTE FUNCTION pickups_refuse_change();
CREATE TRIGGER pickups_settingchange_append_only
    BEFORE UPDATE OR DELETE ON pickups_settingchange
    FOR EACH STATEMENT EXECUTE FUNCTION pickups_refuse_change();
"""
BACKWARD = """
DROP TRIGGER pickups_settingchange_append_only ON pickups_settingchange;
DROP TRIGGER pickups_bookingstep_append_only ON pickups_bookingstep;
DROP FUNCTION pickups_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("pickups", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
