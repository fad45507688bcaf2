"""What the database itself enforces about rules, campaigns, reviews and corrections."""

from django.db import migrations

# A version that began in the past would change what was said to be earned then.
RULES = """
CREATE TRIGGER begins_now_or_later BEFORE INSERT ON rewards_rewardrule
    FOR EACH ROW WHEN (NEW.valid_from < transaction_timestamp())
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_campaign
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON rewards_campaignslice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER only_what_remains BEFORE UPDATE ON rewards_campaignslice
    FOR EACH ROW
    WHEN ((OLD.id, OLD.campaign_id, OLD.number) IS DISTINCT FROM
          (NEW.id, NEW.campaign_id, NEW.number))
    EXECUTE FUNCTION ledger_refuse_change();
-- Room for the new version of a row on its own page: what remains changes all the time.
ALTER TABLE rewards_campaignslice SET (fillfactor = 50);
"""
DROP_RULES = """
ALTER TABLE rewards_campaignslice RESET (fillfactor);
DROP TRIGGER only_what_remains ON rewards_campaignslice;
DROP TRIGGER append_only ON rewards_campaignslice;
DROP TRIGGER append_only ON rewards_campaign;
DROP TRIGGER begins_now_or_later ON rewards_rewardrule;
"""

# A reward may now also be posted by its first entry.  The table TRANSITIONS stays as it was.
REWARDS = """
DROP TRIGGER opens_pending ON rewards_reward;
CREATE TRIGGER opens_pending_or_posted BEFORE INSERT ON rewards_reward
    FOR EACH ROW
    WHEN (NOT (NEW.state = 'pending'
               OR NEW.state = 'posted' AND NEW.pending_entry_id IS NULL AND NEW.posts_at IS NULL))
    EXECUTE FUNCTION ledger_refuse_change();
DROP TRIGGER only_legal_transitions ON rewards_reward;
CREATE TRIGGER only_legal_transitions BEFORE UPDATE ON rewards_reward
    FOR EACH ROW
    WHEN (OLD.state <> 'pending' OR NEW.state NOT IN ('posted', 'voided')
          OR (OLD.id, OLD.wallet_id, OLD.rule_id, OLD.rule_code, OLD.points, OLD.quantity)
             IS DISTINCT FROM
             (NEW.id, NEW.wallet_id, NEW.rule_id, NEW.rule_code, NEW.points, NEW.quantity)
          OR (OLD.evidence, OLD.channel, OLD.pending_entry_id, OLD.created_at, OLD.posts_at)
             IS DISTINCT FROM
             (NEW.evidence, NEW.channel, NEW.pending_entry_id, NEW.created_at, NEW.posts_at))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_rewardsignal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_REWARDS = """
DROP TRIGGER append_only ON rewards_rewardsignal;
DROP TRIGGER only_legal_transitions ON rewards_reward;
CREATE TRIGGER only_legal_transitions BEFORE UPDATE ON rewards_reward
    FOR EACH ROW
    WHEN (OLD.state <> 'pending' OR NEW.state NOT IN ('posted', 'voided')
          OR (OLD.id, OLD.wallet_id, OLD.rule_id, OLD.rule_code, OLD.points)
             IS DISTINCT FROM (NEW.id, NEW.wallet_id, NEW.rule_id, NEW.rule_code, NEW.points)
          OR (OLD.evidence, OLD.channel, OLD.pending_entry_id, OLD.created_at)
             IS DISTINCT FROM (NEW.evidence, NEW.channel, NEW.pending_entry_id, NEW.created_at))
    EXECUTE FUNCTION ledger_refuse_change();
DROP TRIGGER opens_pending_or_posted ON rewards_reward;
CREATE TRIGGER opens_pending BEFORE INSERT ON rewards_reward
    FOR EACH ROW WHEN (NEW.state <> 'pending') EXECUTE FUNCTION ledger_refuse_change();
"""

# A case and a proposal are decided once; nothing else about them changes, and none disappears.
DECIDED_ONCE = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON rewards_reviewcase
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER opens_open BEFORE INSERT ON rewards_reviewcase
    FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER decided_once BEFORE UPDATE ON rewards_reviewcase
    FOR EACH ROW
    WHEN (OLD.state <> 'open' OR NEW.state NOT IN ('cleared', 'confirmed_fraud')
          OR (OLD.id, OLD.pattern, OLD.wallet_id, OLD.subject, OLD.opened_at)
             IS DISTINCT FROM (NEW.id, NEW.pattern, NEW.wallet_id, NEW.subject, NEW.opened_at))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON rewards_correction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER opens_proposed BEFORE INSERT ON rewards_correction
    FOR EACH ROW WHEN (NEW.state <> 'proposed') EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER decided_once BEFORE UPDATE ON rewards_correction
    FOR EACH ROW
    WHEN (OLD.state <> 'proposed' OR NEW.state NOT IN ('applied', 'rejected')
          OR (OLD.id, OLD.kind, OLD.wallet_id, OLD.subject, OLD.points)
             IS DISTINCT FROM (NEW.id, NEW.kind, NEW.wallet_id, NEW.subject, NEW.points)
          OR (OLD.reason, OLD.proposed_by, OLD.proposed_at)
             IS DISTINCT FROM (NEW.reason, NEW.proposed_by, NEW.proposed_at))
    EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_DECIDED_ONCE = """
DROP TRIGGER decided_once ON rewards_correction;
DROP TRIGGER opens_proposed ON rewards_correction;
DROP TRIGGER append_only ON rewards_correction;
DROP TRIGGER decided_once ON rewards_reviewcase;
DROP TRIGGER opens_open ON rewards_reviewcase;
DROP TRIGGER append_only ON rewards_reviewcase;
"""


class Migration(migrations.Migration):
    dependencies = [("rewards", "0003_rules_reviews_corrections")]
    operations = [
        migrations.RunSQL(RULES, DROP_RULES),
        migrations.RunSQL(REWARDS, DROP_REWARDS),
        migrations.RunSQL(DECIDED_ONCE, DROP_DECIDED_ONCE),
    ]
