"""The look at where rewards stand never reads a table whole."""

from importlib import import_module

from django.db import migrations, models

_STANDING = import_module("wallet_service.rewards.migrations.0005_standing").STANDING

# PostgreSQL may answer EXISTS from a hash of the whole table, and does while it believes the table
# small; a session keeps that plan, and every reward would cost as much as all before it.  A scalar
# subquery can only be looked up.  No sequential scans for the same reason (ledger 0003).
_LOOKED_UP = (
    (
        """EXISTS (SELECT FROM public.ledger_account AS account
                    WHERE account.wallet_id = asked.wallet AND account.kind = 'wallet_pending'),""",
        """(SELECT true FROM public.ledger_account AS account
             WHERE account.wallet_id = asked.wallet AND account.kind = 'wallet_pending') IS NOT NULL,""",
    ),
    (
        """EXISTS (SELECT FROM public.rewards_reward AS reward
                    WHERE reward.rule_code = asked.code AND reward.evidence = asked.evidence),""",
        """(SELECT true FROM public.rewards_reward AS reward
             WHERE reward.rule_code = asked.code AND reward.evidence = asked.evidence) IS NOT NULL,""",
    ),
)


def _looked_up() -> str:
    text: str = _STANDING.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    for before, after in _LOOKED_UP:
        assert before in text
        text = text.replace(before, after)
    return text.replace(
        "VOLATILE AS", "VOLATILE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS"
    )


BEFORE = (
    _STANDING.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    + "ALTER FUNCTION rewards_standing SET plan_cache_mode = force_generic_plan;"
)


# While the table looks small, an index that begins with the rule's code seems as good for a wallet's
# caps as the one made for them, and would read all that anybody earned under the rule.
_NAME = "reward_once_per_evidence"


class Migration(migrations.Migration):
    dependencies = [("rewards", "0007_budget_ceiling")]
    operations = [
        migrations.RunSQL(_looked_up(), BEFORE),
        migrations.RemoveConstraint(model_name="reward", name=_NAME),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.UniqueConstraint(fields=("evidence", "rule_code"), name=_NAME),
        ),
    ]
