"""What supervisors said can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

TABLES = ("study", "weektonnage", "sitecommune", "yearspending")
FORWARD = """
CREATE FUNCTION analytics_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER analytics_{table}_append_only BEFORE UPDATE OR DELETE ON analytics_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_refuse_change();
"""
    for table in TABLES
)
BACKWARD = (
    "".join(
        f"DROP TRIGGER analytics_{table}_append_only ON analytics_{table};\n" for table in TABLES
    )
    + "DROP FUNCTION analytics_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("analytics", "0005_impact")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
