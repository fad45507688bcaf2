"""What the database itself enforces about rules and rewards."""

from django.db import migrations

RULES = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_rewardrule
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_RULES = "DROP TRIGGER append_only ON rewards_rewardrule;"

# A reward names its rule twice, by version and by code (evidence is unique by code): the composite
# key makes it impossible for the two to disagree.
RULE_CODE = """
ALTER TABLE rewards_rewardrule ADD CONSTRAINT rule_id_and_code UNIQUE (id, code);
ALTER TABLE rewards_reward ADD CONSTRAINT reward_code_of_its_rule
    FOREIGN KEY (rule_id, rule_code) REFERENCES rewards_rewardrule (id, code);
"""
DROP_RULE_CODE = """
ALTER TABLE rewards_reward DROP CONSTRAINT reward_code_of_its_rule;
ALTER TABLE rewards_rewardrule DROP CONSTRAINT rule_id_and_code;
"""

# The table TRANSITIONS of rewards/domain.py: pending becomes posted or voided, once.
TRANSITIONS = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON rewards_reward
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER only_legal_transitions BEFORE UPDATE ON rewards_reward
    FOR EACH ROW
    WHEN (OLD.state <> 'pending' OR NEW.state NOT IN ('posted', 'voided')
          OR (OLD.id, OLD.wallet_id, OLD.rule_id, OLD.rule_code, OLD.points)
             IS DISTINCT FROM (NEW.id, NEW.wallet_id, NEW.rule_id, NEW.rule_code, NEW.points)
          OR (OLD.evidence, OLD.channel, OLD.pending_entry_id, OLD.created_at)
             IS DISTINCT FROM (NEW.evidence, NEW.channel, NEW.pending_entry_id, NEW.created_at))
    EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER opens_pending BEFORE INSERT ON rewards_reward
    FOR EACH ROW WHEN (NEW.state <> 'pending') EXECUTE FUNCTION ledger_refuse_change();
"""
DROP_TRANSITIONS = """
DROP TRIGGER append_only ON rewards_reward;
DROP TRIGGER only_legal_transitions ON rewards_reward;
DROP TRIGGER opens_pending ON rewards_reward;
"""


class Migration(migrations.Migration):
    dependencies = [("rewards", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        migrations.RunSQL(RULES, DROP_RULES),
        migrations.RunSQL(RULE_CODE, DROP_RULE_CODE),
        migrations.RunSQL(TRANSITIONS, DROP_TRANSITIONS),
    ]
