"""What citizens answered can't be rewritten."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER reports_feedback_append_only
    BEFORE UPDATE OR DELETE ON reports_feedback
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""
BACKWARD = "DROP TRIGGER reports_feedback_append_only ON reports_feedback;"


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_deadlines_competence_feedback")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
