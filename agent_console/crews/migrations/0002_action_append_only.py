"""What was done under a key can't be rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER crews_crewaction_append_only
    BEFORE UPDATE OR DELETE ON crews_crewaction
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""
BACKWARD = "DROP TRIGGER crews_crewaction_append_only ON crews_crewaction;"


class Migration(migrations.Migration):
    dependencies = [("crews", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
