"""Deposits become points exactly once, whatever fails between any two lines."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.citizens.models import Resident
from agent_console.collectors import answers, linking, rewarding, tasks
from agent_console.collectors.models import Deposit, DepositPart, DepositState
from agent_console.collectors.tests.conftest import FakeWallet, batch, deposit, send
from agent_console.wallet import bulk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _linked(resident: Resident, agent: User) -> None:
    linking.card_link(collector="demo", number="497010123456", resident=resident, actor=agent)


def _try_again() -> int:
    """What the sweep does once every wait is over."""
    Deposit.objects.filter(state=DepositState.DUE).update(retry_at=None)
    return rewarding.deposits_reward()


def test_items_become_points_and_the_wallet_is_opened_when_needed(
    resident: Resident, wallet: FakeWallet
) -> None:
    send(batch(deposit("a", items=7), deposit("b", items=2)))
    assert rewarding.deposits_reward() == 2
    resident.refresh_from_db()
    assert wallet.wallets == {str(resident.wallet_id)}
    kept = Deposit.objects.get(external_id="a")
    assert (kept.state, kept.points, kept.attempts) == (DepositState.REWARDED, 7, 0)
    part = kept.parts.get()
    assert str(part.reward_id) == wallet.rewards[f"open:{part.id}"]["reward"]["id"]
    asked = wallet.rewards[f"open:{part.id}"]["asked"]
    assert asked == {
        "key": f"open:{part.id}",
        "wallet_id": str(resident.wallet_id),
        "rule": "glass.deposit",
        "evidence": str(part.id),
        "channel": "collector",
        "quantity": 7,
    }
    assert rewarding.deposits_reward() == 0


@pytest.mark.parametrize("code", ["budget_exhausted", "evidence_already_rewarded"])
def test_a_refusal_is_kept_with_its_reason_and_never_asked_again(
    wallet: FakeWallet, code: str
) -> None:
    wallet.refusals = {50: code}
    send(batch(deposit("much", items=50), deposit("little", items=1)))
    assert rewarding.deposits_reward() == 2
    refused = Deposit.objects.get(external_id="much")
    assert (refused.state, refused.refusal_code) == (DepositState.REFUSED, code)
    assert Deposit.objects.get(external_id="little").state == DepositState.REWARDED
    wallet.refusals = {}
    assert _try_again() == 0
    assert wallet.points == 1


@pytest.mark.parametrize("code", ["rule_unknown", "issuing_stopped", "scope_missing", ""])
def test_a_fault_of_ours_is_asked_again(wallet: FakeWallet, code: str) -> None:
    wallet.refusals = {7: code or "anything"}
    send(batch(deposit("a", items=7)))
    assert rewarding.deposits_reward() == 0
    waiting = Deposit.objects.get()
    assert (waiting.state, waiting.attempts) == (DepositState.DUE, 1)
    assert waiting.retry_at is not None
    assert waiting.retry_at > timezone.now() + timedelta(seconds=20)
    assert rewarding.deposits_reward() == 0, "not before its time"
    wallet.refusals = {}
    assert _try_again() == 1


@pytest.mark.parametrize(
    "failure", [500, 503, 401, httpx.ConnectError("away"), httpx.ReadTimeout("slow")]
)
def test_the_wallet_being_away_loses_nothing(wallet: FakeWallet, failure: int | Exception) -> None:
    send(batch(*(deposit(f"d-{number}") for number in range(20))))
    wallet.failures = [failure]
    assert rewarding.deposits_reward() == 0
    assert wallet.requests == 1, "a wallet that is away is not asked for every chunk"
    assert _try_again() == 20
    assert wallet.points == 20 * 7


def test_a_crash_after_the_answer_asks_again_with_the_same_key(wallet: FakeWallet) -> None:
    send(batch(deposit("a"), deposit("b")))
    with (
        patch.object(answers, "answers_record", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        rewarding.deposits_reward()
    assert wallet.points == 7
    assert _try_again() == 2
    assert wallet.points == 14
    assert set(Deposit.objects.values_list("state", flat=True)) == {DepositState.REWARDED}


def test_a_crash_before_the_request_is_tried_again(wallet: FakeWallet) -> None:
    send(batch(deposit("a")))
    with (
        patch.object(bulk, "rewards_open", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        rewarding.deposits_reward()
    assert Deposit.objects.get().attempts == 1
    assert _try_again() == 1


def test_an_answer_that_lacks_an_item_is_no_answer(
    wallet: FakeWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(batch(deposit("a"), deposit("b")))
    with monkeypatch.context() as patched:
        patched.setattr(bulk, "request", lambda *args, **kwargs: {"results": []})
        assert rewarding.deposits_reward() == 0
    assert _try_again() == 2


def test_a_chunk_holds_what_the_wallet_takes(wallet: FakeWallet, agent: User) -> None:
    """The fake refuses more than a hundred at once; each resident has one in a chunk."""
    cards = [f"70000{number}" for number in range(120)]
    for card in cards:
        linking.card_link(
            collector="demo", number=card, resident=Resident.objects.create(), actor=agent
        )
    send(batch(*(deposit(f"d-{card}", card=card) for card in cards)))
    assert rewarding.deposits_reward() == 120
    assert len(wallet.rewards) == 120
    assert wallet.requests == 4 + 120, "two chunks, asked for again once their wallets are open"


def test_the_jobs_do_it(wallet: FakeWallet) -> None:
    with patch("service_kit.jobs.connections.close_all"):
        send(batch(deposit("a")))
        tasks.reward()
        assert wallet.points == 7
        send(batch(deposit("b")))
        tasks.reward_again(0)
        assert wallet.points == 14


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(["send", "again", "ok", "away", "lost", "crash"])))
def test_whatever_happens_each_deposit_is_worth_its_items_once(
    wallet: FakeWallet, steps: list[str]
) -> None:
    wallet.rewards.clear()
    DepositPart.objects.all().delete()
    Deposit.objects.all().delete()
    sent: list[dict[str, object]] = []
    for step in steps:
        if step == "send":
            sent.append(deposit(f"d-{len(sent)}", items=len(sent) + 1))
            send(batch(sent[-1]))
        elif step == "again" and sent:
            send(batch(*sent))
        elif step == "lost":  # the wallet did it, its answer never came
            wallet.lost = 1
            _try_again()
            wallet.lost = 0
        elif step == "crash":
            with (
                patch.object(rewarding, "_ask", side_effect=OperationalError),
                suppress(OperationalError),
            ):
                _try_again()
        else:
            wallet.failures = [503] if step == "away" else []
            _try_again()
    wallet.failures = []
    _try_again()
    assert wallet.points == sum(range(1, len(sent) + 1))
    states = list(Deposit.objects.values_list("state", flat=True))
    assert states == [DepositState.REWARDED] * len(sent)
