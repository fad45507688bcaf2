"""What happened during a talk can't be rewritten; it goes only with its call, which an erasure
deletes with its conversation."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER calls_callevent_append_only
    BEFORE UPDATE ON calls_callevent
    FOR EACH STATEMENT EXECUTE FUNCTION calls_refuse_change();
"""
BACKWARD = "DROP TRIGGER calls_callevent_append_only ON calls_callevent;"


class Migration(migrations.Migration):
    dependencies = [("calls", "0005_talks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
