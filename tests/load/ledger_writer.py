"""A process of the wallet's service with so many clients, each writing as fast as it is answered.

``python -m tests.load.ledger_writer RULE WALLETS CLIENTS``: for each number on a line of standard
input they write one reward after the other for so many seconds, to wallets drawn at random, in the
way of the service's own request threads; then it prints how many they wrote.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import django

_WARM_UP_S = 0.5


def main() -> None:
    rule, wallets, clients = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    from wallet_service.rewards.bulk import BulkItem
    from wallet_service.rewards.domain import Channel
    from wallet_service.rewards.standing import Asked
    from wallet_service.rewards.together import reward_open_in_line

    from .population import wallet_id

    draw = random.Random()  # noqa: S311 - which wallet is no secret

    def write() -> None:
        evidence = uuid.uuid4()
        asked = Asked(
            wallet_id=wallet_id(draw.randrange(wallets)),
            rule_code=rule,
            evidence=evidence,
            channel=Channel.WEB,
        )
        item = BulkItem(key=str(evidence), asked=asked)
        reward_open_in_line(client="console", item=item)

    def client(seconds: float) -> int:
        written = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            write()
            written += 1
        return written

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, [_WARM_UP_S] * clients))  # connect, prepare the statements
        print("ready", flush=True)
        for line in sys.stdin:
            print(sum(pool.map(client, [float(line)] * clients)), flush=True)


if __name__ == "__main__":
    main()
