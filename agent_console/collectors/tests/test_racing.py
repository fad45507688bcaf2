"""Two workers and an operator at the same moment, against the real database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection

from agent_console.citizens.models import Resident
from agent_console.collectors import linking, rewarding
from agent_console.collectors.models import Card, Deposit, DepositState
from agent_console.collectors.tests.conftest import Caps, FakeWallet, batch, deposit, send
from agent_console.wallet import http


@pytest.fixture
def _queue_emptied(transactional_db: None) -> Iterator[None]:
    """Jobs that a test commits would be found by the next one: they are in no table of Django's."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("_queue_emptied")
@pytest.mark.django_db(transaction=True)
def test_workers_and_an_unlink_at_once_lose_and_double_nothing(
    resident: Resident, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet, one_at_a_time = FakeWallet(), threading.Lock()
    wallet.caps = Caps(day=10_000)

    def answer(request: httpx.Request) -> httpx.Response:
        with one_at_a_time:
            return wallet(request)

    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(http, "client", lambda: client)
    cards = [_linked(f"80000{number}", agent) for number in range(6)]
    send(
        batch(
            *(
                deposit(f"d-{number}-{place}", card=f"80000{number}", items=3)
                for number in range(6)
                for place in range(5)
            )
        )
    )
    start = threading.Barrier(4)

    def run(step: Callable[[], object]) -> None:
        start.wait()
        try:
            step()
        finally:
            connection.close()

    def unlink() -> None:
        for card in cards:
            linking.card_unlink(card_id=card.id, actor=agent)

    steps = [
        rewarding.deposits_reward,
        rewarding.deposits_reward,
        rewarding.deposits_reward,
        unlink,
    ]
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(run, step) for step in steps]:
            future.result()
    rewarding.deposits_reward()
    waiting = Deposit.objects.filter(state=DepositState.WAITING_CARD)
    rewarded = Deposit.objects.filter(state=DepositState.REWARDED)
    assert waiting.count() + rewarded.count() == 30
    assert wallet.points == 3 * rewarded.count()
    assert not waiting.filter(parts__isnull=False).exists()
    for card in cards:
        linking.card_assign(card_id=card.id, resident=resident, actor=agent)
    rewarding.deposits_reward()
    assert wallet.points == 90


def _linked(number: str, agent: User) -> Card:
    return linking.card_link(
        collector="demo", number=number, resident=Resident.objects.create(), actor=agent
    )
