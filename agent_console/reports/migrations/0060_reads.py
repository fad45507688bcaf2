"""When a report changed, and indexes by which lists are read."""

import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.math
from django.conf import settings
from django.db import migrations, models


# Until now nothing said when a report changed but its history.
FILL = """
UPDATE reports_report SET updated_at = GREATEST(created_at, (
    SELECT max(step.at) FROM reports_transition AS step WHERE step.report_id = reports_report.id));
"""
# Whoever changes a row, and by whatever way, readers who keep up with changes see it.
TRIGGER = """
CREATE FUNCTION reports_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER reports_report_updated BEFORE UPDATE ON reports_report
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION reports_note_change();
"""
NO_TRIGGER = """
DROP TRIGGER reports_report_updated ON reports_report;
DROP FUNCTION reports_note_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('citizens', '0002_opt_out'),
        ('conversations', '0002_notices'),
        ('places', '0001_initial'),
        ('reports', '0051_similar_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['category', '-created_at', '-id'], name='report_category_recent'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['channel', '-created_at', '-id'], name='report_channel_recent'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['commune', 'category', '-created_at', '-id'], name='report_commune_category'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['-created_at', '-id', 'due_at'], name='report_open_late'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('state__in', ['assigned', 'in_progress', 'qualified', 'received'])), fields=['commune', 'state', '-created_at', '-id'], name='report_open_commune'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('state__in', ['assigned', 'in_progress', 'qualified', 'received'])), fields=['assigned_to', 'state', '-created_at', '-id'], name='report_open_service'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('latitude'), '*', models.Value(100))), '*', models.Value(100000)), '+', django.db.models.functions.math.Floor(django.db.models.expressions.CombinedExpression(models.F('longitude'), '*', models.Value(100)))), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='report_cell_recent'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['updated_at', 'id'], name='report_updated'),
        ),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
