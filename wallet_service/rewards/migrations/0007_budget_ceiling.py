"""What comes back to a campaign never makes its budget larger than it was."""

from django.db import migrations

# Only looked at when something comes back (a voided or reversed reward), never when a reward takes.
CEILING = """
CREATE FUNCTION rewards_budget_ceiling() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT sum(slice.remaining_points) FROM public.rewards_campaignslice slice
         WHERE slice.campaign_id = NEW.campaign_id)
       > (SELECT campaign.budget_points FROM public.rewards_campaign campaign
           WHERE campaign.id = NEW.campaign_id) THEN
        RAISE EXCEPTION 'more would be left than the campaign''s budget'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'budget_ceiling';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ceiling AFTER UPDATE ON rewards_campaignslice
    FOR EACH ROW WHEN (NEW.remaining_points > OLD.remaining_points)
    EXECUTE FUNCTION rewards_budget_ceiling();
"""
DROP_CEILING = """
DROP TRIGGER ceiling ON rewards_campaignslice;
DROP FUNCTION rewards_budget_ceiling();
"""


class Migration(migrations.Migration):
    dependencies = [("rewards", "0006_standing_planned_once")]
    operations = [migrations.RunSQL(CEILING, DROP_CEILING)]
