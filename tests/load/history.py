"""A past for a ledger to be measured: ``python -m tests.load.history RULE WALLETS REWARDS``.

What a session plans while its tables are nearly empty (foreign keys included) reads them whole, and
is thrown away at the first analysis of a ledger in use.  So, as ``pgbench --initialize`` does for
its own tables, these are filled, vacuumed and analysed before anything is measured.
"""

from __future__ import annotations

import random
import subprocess
import sys
import uuid

import django

from ops.config import PLATFORM_PYTHON, ROOT

from .population import wallet_id
from .system import BenchSystem, process_environment

_BULK = 100


def history_write(
    system: BenchSystem, *, database: str, rule: str, wallets: int, rewards: int
) -> None:
    """Give ``rewards`` rewards to wallets drawn at random, then vacuum and analyse."""
    environment = process_environment(system) | {
        "WALLET_DATABASE_URL": system.database_url(database),
        "DJANGO_SETTINGS_MODULE": "wallet_service.config.settings",
    }
    command = [str(PLATFORM_PYTHON), "-m", "tests.load.history", rule, str(wallets), str(rewards)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    analyse(system, database)


def analyse(system: BenchSystem, database: str) -> None:
    """What autovacuum does within a minute or two, at once."""
    with system.superuser(database) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def main() -> None:
    rule, wallets, rewards = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    from wallet_service.ledger.idempotency import Answer
    from wallet_service.rewards.bulk import BulkItem, rewards_open
    from wallet_service.rewards.domain import Channel
    from wallet_service.rewards.standing import Asked

    draw = random.Random(1)  # noqa: S311 - which wallet is no secret
    for start in range(0, rewards, _BULK):
        evidences = [uuid.uuid4() for _ in range(min(_BULK, rewards - start))]
        items = [
            BulkItem(
                key=str(evidence),
                asked=Asked(
                    wallet_id=wallet_id(draw.randrange(wallets)),
                    rule_code=rule,
                    evidence=evidence,
                    channel=Channel.WEB,
                ),
            )
            for evidence in evidences
        ]
        for result in rewards_open(client="console", items=items):
            assert isinstance(result, Answer), result


if __name__ == "__main__":
    main()
