"""One client of the ledger's service layer: writes rewards as fast as it is answered.

``python -m tests.load.ledger_writer RULE WALLETS``: for each number on a line of standard input it
writes for so many seconds, to wallets drawn at random, then prints how many it wrote.
"""

from __future__ import annotations

import random
import sys
import time
import uuid

import django


def main() -> None:
    rule, wallets = sys.argv[1], int(sys.argv[2])
    django.setup()
    from wallet_service.rewards.domain import Channel
    from wallet_service.rewards.services import reward_open

    from .population import wallet_id

    draw = random.Random()  # noqa: S311 - which wallet is no secret

    def write() -> None:
        evidence = uuid.uuid4()
        reward_open(
            client="console",
            key=str(evidence),
            wallet_id=wallet_id(draw.randrange(wallets)),
            rule_code=rule,
            evidence=evidence,
            channel=Channel.WEB,
        )

    for _ in range(20):  # connect, prepare the statements
        write()
    print("ready", flush=True)
    for line in sys.stdin:
        written = 0
        end = time.monotonic() + float(line)
        while time.monotonic() < end:
            write()
            written += 1
        print(written, flush=True)


if __name__ == "__main__":
    main()
