"""What was done with an outage can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER reports_outagechange_append_only
    BEFORE UPDATE OR DELETE ON reports_outagechange
    FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0092_outages")]
    operations = [
        migrations.RunSQL(
            FORWARD, "DROP TRIGGER reports_outagechange_append_only ON reports_outagechange"
        )
    ]
