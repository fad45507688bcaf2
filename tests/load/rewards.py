"""Rewards from the HTTP write to ``BatchDone`` seen, and one at a time."""

from __future__ import annotations

import itertools
import random
import time
import uuid
from collections.abc import Iterator, Sequence

from ops import waiting

from .figures import Counted, Settled
from .http_load import Client, run_together, until
from .population import wallet_id
from .system import BenchSystem

RULE = "glass.deposit"
ITEMS_IN_A_REQUEST = 100
_BULK_CLIENTS = 4
_SINGLE_CLIENTS = 16
_SETTLE_WITHIN_S = 120.0
_CONFIRMED = """
SELECT coalesce(sum(batch.line_count), 0), count(*), coalesce(sum(stored.gas_used), 0),
       extract(epoch FROM max(stored.confirmed_at))
  FROM settlement_batch AS batch
  JOIN settlement_chaintransaction AS stored ON stored.sequence = batch.transaction_id
 WHERE stored.sequence > %s AND stored.state = 'confirmed'
"""


def settle(system: BenchSystem, *, wallets: Sequence[uuid.UUID], rewards: int) -> Settled:
    """Send ``rewards`` rewards, a hundred a request, to ``wallets`` in turn; until all stand."""
    requests = list(_requests(wallets, rewards))
    ((sequence,),) = system.query(
        "SELECT coalesce(max(sequence), 0) FROM settlement_chaintransaction"
    )
    take = iter(requests)

    def work() -> None:
        client = Client(system.wallet_port, system.token)
        for items in take:
            results = client.call("POST", "/v1/rewards/bulk", {"items": items})["results"]
            refused = [result for result in results if result.get("problem")]
            assert not refused, refused[0]
        client.close()

    start = time.time()  # the database's clock: both are this machine's
    run_together([work] * _BULK_CLIENTS)
    answered = time.time()
    confirmed: list[tuple[int, int, int, float]] = []

    def all_stand() -> bool:
        confirmed[:] = system.query(_CONFIRMED, sequence)
        return confirmed[0][0] >= rewards

    waiting.until(all_stand, what="the last BatchDone", timeout_s=_SETTLE_WITHIN_S)
    ((lines, batches, gas, last),) = confirmed
    assert lines == rewards, "the chain holds other rewards than were sent"
    print(f"    accepted in {answered - start:.1f} s, settled in {float(last) - start:.1f} s")
    return Settled(int(lines), int(batches), int(gas), float(last) - start)


def one_a_request(system: BenchSystem, *, wallets: int, seconds: float) -> Counted:
    """Rewards accepted by ``POST /v1/rewards``, from clients that each wait for the answer."""
    clients = [Client(system.wallet_port, system.token) for _ in range(_SINGLE_CLIENTS)]
    start = time.monotonic()
    run_together([until(start + seconds, single(client, wallets)) for client in clients])
    return Counted(sum(len(client.latencies_s) for client in clients), time.monotonic() - start)


class single:  # noqa: N801 - used as a function that remembers its client
    """A reward to a wallet drawn at random, each time it is called."""

    def __init__(self, client: Client, wallets: int) -> None:
        self._client = client
        self._wallets = wallets
        self._draw = random.Random()  # noqa: S311 - which wallet is no secret

    def __call__(self) -> None:
        wallet = wallet_id(self._draw.randrange(self._wallets))
        self._client.call("POST", "/v1/rewards", _reward(wallet))


def _requests(wallets: Sequence[uuid.UUID], rewards: int) -> Iterator[list[dict[str, object]]]:
    turns = itertools.islice(itertools.cycle(wallets), rewards)
    for chunk in itertools.batched(turns, ITEMS_IN_A_REQUEST):
        yield [{"key": str(uuid.uuid4()), **_reward(wallet)} for wallet in chunk]


def _reward(wallet: uuid.UUID) -> dict[str, object]:
    return {
        "wallet_id": str(wallet),
        "rule": RULE,
        "evidence": str(uuid.uuid4()),
        "channel": "web",
    }
