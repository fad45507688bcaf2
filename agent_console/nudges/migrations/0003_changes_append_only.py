"""Who wrote and launched a campaign can't be rewritten, whoever asks: the database refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION nudges_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER nudges_infocampaignchange_append_only
    BEFORE UPDATE OR DELETE ON nudges_infocampaignchange
    FOR EACH STATEMENT EXECUTE FUNCTION nudges_refuse_change();
"""
BACKWARD = """
DROP TRIGGER nudges_infocampaignchange_append_only ON nudges_infocampaignchange;
DROP FUNCTION nudges_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("nudges", "0002_information_campaigns")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
