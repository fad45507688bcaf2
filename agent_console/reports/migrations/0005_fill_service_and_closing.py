"""Reports from before: the service of their category, and when they were turned down."""

from django.db import migrations

FORWARD = """
UPDATE reports_report SET assigned_to_id = category.service_id
FROM reports_category AS category
WHERE category.code = reports_report.category_id AND reports_report.assigned_to_id IS NULL;
UPDATE reports_report SET closed_at = (
    SELECT max(step.at) FROM reports_transition AS step
    WHERE step.report_id = reports_report.id AND step.to_state = 'rejected')
WHERE state = 'rejected' AND closed_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_places_answers_workflow")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
