"""The look at where rewards stand is planned once per connection."""

from django.db import migrations

# The arrays' lengths make every custom plan look cheaper than the generic one, so PostgreSQL would
# plan anew for each request: measured, that is two thirds of the function's time for one reward.
# Every part is an index look-up; there is nothing to choose.
PLANNED_ONCE = "ALTER FUNCTION rewards_standing SET plan_cache_mode = force_generic_plan;"
PLANNED_AS_USUAL = "ALTER FUNCTION rewards_standing RESET plan_cache_mode;"


class Migration(migrations.Migration):
    dependencies = [("rewards", "0005_standing")]
    operations = [migrations.RunSQL(PLANNED_ONCE, PLANNED_AS_USUAL)]
