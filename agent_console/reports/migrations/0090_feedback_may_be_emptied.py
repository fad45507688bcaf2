"""An erased person's words go: a feedback may be emptied of them, and of nothing else."""

from django.db import migrations

FORWARD = """
DROP TRIGGER reports_feedback_append_only ON reports_feedback;
CREATE TRIGGER reports_feedback_append_only
    BEFORE DELETE ON reports_feedback
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
CREATE TRIGGER reports_feedback_only_emptied
    BEFORE UPDATE ON reports_feedback FOR EACH ROW
    WHEN (NEW.comment <> '' OR NEW.conversation_id IS NOT NULL
          OR (OLD.id, OLD.report_id, OLD.is_solved, OLD.at)
             IS DISTINCT FROM (NEW.id, NEW.report_id, NEW.is_solved, NEW.at))
    EXECUTE FUNCTION reports_refuse_change();
"""
BACKWARD = """
DROP TRIGGER reports_feedback_only_emptied ON reports_feedback;
DROP TRIGGER reports_feedback_append_only ON reports_feedback;
CREATE TRIGGER reports_feedback_append_only
    BEFORE UPDATE OR DELETE ON reports_feedback
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0081_drop_open_recent")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
