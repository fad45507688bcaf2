"""What an article said can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION knowledge_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER knowledge_version_append_only
    BEFORE UPDATE OR DELETE ON knowledge_articleversion
    FOR EACH STATEMENT EXECUTE FUNCTION knowledge_refuse_change();
"""
BACKWARD = """
DROP TRIGGER knowledge_version_append_only ON knowledge_articleversion;
DROP FUNCTION knowledge_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
