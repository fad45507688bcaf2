"""History, roll and count can't be rewritten by the application: the database refuses."""

from django.db import migrations

TABLES = ("step", "proposaldecision", "rollentry", "tally", "countedballot")
FORWARD = """
CREATE FUNCTION consultations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER consultations_{table}_append_only
    BEFORE UPDATE OR DELETE ON consultations_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION consultations_refuse_change();
"""
    for table in TABLES
)
BACKWARD = (
    "".join(
        f"DROP TRIGGER consultations_{table}_append_only ON consultations_{table};"
        for table in TABLES
    )
    + "DROP FUNCTION consultations_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
