"""Who changed which sorting rule can't be rewritten, whoever asks: the database refuses.

TRUNCATE is the owner's alone (the runtime role has no such right): test runs need it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION facilities_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER facilities_sortingchange_append_only
    BEFORE UPDATE OR DELETE ON facilities_sortingchange
    FOR EACH STATEMENT EXECUTE FUNCTION facilities_refuse_change();
"""
BACKWARD = """
DROP TRIGGER facilities_sortingchange_append_only ON facilities_sortingchange;
DROP FUNCTION facilities_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("facilities", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
