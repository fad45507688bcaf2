"""Every deposit that the wallet has heard of gets the part that it was asked for.

The part takes the deposit's own id, under which the wallet knows the request: what is asked for
again is the same request.  Deposits that a cap refused for good become due again, because the
wallet kept nothing of them; their year of waiting begins now.
"""

from django.db import migrations

FORWARD = """
UPDATE collectors_deposit AS d SET
    due_at = GREATEST(d.received_at, (
        SELECT max(c.at) FROM collectors_cardchange AS c
        WHERE c.card_id = d.card_id AND c.kind = 'linked'
    )),
    rewarded_items = CASE WHEN d.state = 'rewarded' THEN d.items ELSE 0 END
WHERE d.state <> 'waiting_card';
UPDATE collectors_deposit SET failing_since = due_at WHERE state = 'due' AND attempts > 0;
INSERT INTO collectors_depositpart
    (id, deposit_id, items, former_items, state, unanswered, reward_id, points, created_at,
     decided_at)
SELECT id, id, items, '{}',
    CASE state WHEN 'due' THEN 'open' ELSE state END,
    CASE state WHEN 'due' THEN attempts ELSE 0 END,
    reward_id, points, due_at,
    CASE state WHEN 'due' THEN NULL ELSE due_at END
FROM collectors_deposit
WHERE state IN ('rewarded', 'refused') OR state = 'due' AND attempts > 0;
WITH over_a_cap AS (
    UPDATE collectors_deposit SET
        state = 'due', refusal_code = '', attempts = 0, retry_at = NULL, due_at = now()
    WHERE state = 'refused'
        AND refusal_code IN ('cap_day_reached', 'cap_month_reached', 'cooling_off')
    RETURNING id
)
UPDATE collectors_depositpart SET state = 'open', decided_at = NULL
WHERE deposit_id IN (SELECT id FROM over_a_cap);
"""

TRIGGER = """
CREATE TRIGGER collectors_depositretry_append_only
    BEFORE UPDATE OR DELETE ON collectors_depositretry
    FOR EACH STATEMENT EXECUTE FUNCTION collectors_refuse_change();
"""
NO_TRIGGER = "DROP TRIGGER collectors_depositretry_append_only ON collectors_depositretry;"


class Migration(migrations.Migration):
    dependencies = [("collectors", "0003_deposit_parts")]
    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
