"""A card becomes somebody's, and nobody's again; what waits for it follows."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import Resident
from agent_console.collectors import linking, queue, rewarding
from agent_console.collectors.errors import (
    CardError,
    CardLinkedElsewhere,
    CardNotLinked,
    CardNumberInvalid,
    CollectorUnknown,
    PermissionMissing,
)
from agent_console.collectors.models import Card, CardChange, Deposit, DepositState
from agent_console.collectors.tests.conftest import FakeWallet, batch, deposit, send

NUMBER = "4970 1012 3456"


def _link(resident: Resident, agent: User, number: str = NUMBER) -> Card:
    return linking.card_link(collector="demo", number=number, resident=resident, actor=agent)


def _states() -> list[str]:
    return sorted(Deposit.objects.values_list("state", flat=True))


def _jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="collectors.reward").count()


def test_linking_makes_what_waits_due_and_opens_a_wallet_number(
    resident: Resident, agent: User
) -> None:
    send(batch(deposit("a"), deposit("b"), deposit("other", card="999999")))
    assert _jobs() == 0
    card = _link(resident, agent, "4970-1012-3456")
    assert _states() == ["due", "due", "waiting_card"]
    assert Resident.objects.get(pk=resident.pk).wallet_id is not None
    assert _jobs() == 1
    change = CardChange.objects.get()
    assert (change.kind, change.card, change.actor) == ("linked", card, agent)


def test_a_deposit_of_a_linked_card_is_due_at_once(resident: Resident, agent: User) -> None:
    _link(resident, agent)
    assert _jobs() == 0
    send(batch(deposit("a")))
    assert _states() == ["due"]
    assert _jobs() == 1
    send(batch(deposit("a")))
    assert _jobs() == 1


def test_linking_again_to_the_same_person_changes_nothing(resident: Resident, agent: User) -> None:
    assert _link(resident, agent) == _link(resident, agent)
    assert CardChange.objects.count() == 1


def test_a_card_of_somebody_else_is_refused_until_it_is_unlinked(
    resident: Resident, agent: User
) -> None:
    card = _link(resident, agent)
    other = Resident.objects.create()
    with pytest.raises(CardLinkedElsewhere):
        _link(other, agent)
    assert Card.objects.get().resident == resident
    linking.card_unlink(card_id=card.id, actor=agent)
    _link(other, agent)
    assert Card.objects.get().resident == other
    kinds = list(CardChange.objects.values_list("kind", "resident"))
    assert kinds == [
        ("linked", resident.id),
        ("unlinked", resident.id),
        ("linked", other.id),
    ]


def test_unlinking_makes_what_was_not_sent_wait_again(
    resident: Resident, agent: User, wallet: FakeWallet
) -> None:
    card = _link(resident, agent)
    send(batch(deposit("sent", items=2)))
    rewarding.deposits_reward()
    send(batch(deposit("not-sent", items=3)))
    assert linking.card_unlink(card_id=card.id, actor=agent) == 1
    assert Deposit.objects.get(external_id="sent").state == DepositState.REWARDED
    waiting = Deposit.objects.get(external_id="not-sent")
    assert (waiting.state, waiting.resident) == (DepositState.WAITING_CARD, None)
    assert rewarding.deposits_reward() == 0
    with pytest.raises(CardNotLinked):
        linking.card_unlink(card_id=card.id, actor=agent)


def test_a_deposit_that_was_sent_stays_with_whom_it_was_sent_for(
    resident: Resident, agent: User, wallet: FakeWallet
) -> None:
    """The wallet may have heard of it: asking for somebody else would be another request."""
    card = _link(resident, agent)
    send(batch(deposit("a")))
    wallet.failures = [500]
    assert rewarding.deposits_reward() == 0
    assert linking.card_unlink(card_id=card.id, actor=agent) == 1
    _link(Resident.objects.create(), agent)
    Deposit.objects.update(retry_at=None)
    assert rewarding.deposits_reward() == 1
    assert Deposit.objects.get().resident == resident


@pytest.mark.parametrize(
    ("collector", "number", "error"),
    [
        ("nobody", NUMBER, CollectorUnknown),
        ("demo", "12345", CardNumberInvalid),
        ("demo", "carte n° 7", CardNumberInvalid),
    ],
)
def test_a_bad_card_is_refused(
    resident: Resident, agent: User, collector: str, number: str, error: type[CardError]
) -> None:
    with pytest.raises(error):
        linking.card_link(collector=collector, number=number, resident=resident, actor=agent)
    assert not Card.objects.exists()


def test_an_account_without_the_permission_links_nothing(
    resident: Resident, agent: User, make_user: Callable[..., User]
) -> None:
    card = _link(resident, agent)
    visitor = make_user("visiteur")
    with pytest.raises(PermissionMissing):
        _link(resident, visitor)
    with pytest.raises(PermissionMissing):
        linking.card_unlink(card_id=card.id, actor=visitor)
    assert CardChange.objects.count() == 1


def test_link_history_deposits_and_job_commit_together(
    resident: Resident, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(batch(deposit("a")))

    def crash() -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(queue, "enqueue_rewards", crash)
        with pytest.raises(RuntimeError):
            _link(resident, agent)
    assert _states() == ["waiting_card"]
    assert not CardChange.objects.exists()
    assert Card.objects.get().resident is None
    assert Resident.objects.get(pk=resident.pk).wallet_id is None


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("mdmp_console_owner", "UPDATE collectors_cardchange SET kind = 'linked'"),
        ("mdmp_console_owner", "DELETE FROM collectors_cardchange"),
        ("mdmp_console_runtime", "UPDATE collectors_cardchange SET kind = 'linked'"),
        ("mdmp_console_runtime", "DELETE FROM collectors_cardchange"),
        ("mdmp_console_runtime", "TRUNCATE collectors_cardchange"),
        ("mdmp_console_owner", "UPDATE collectors_deposit SET items = 0"),
        ("mdmp_console_owner", "UPDATE collectors_deposit SET state = 'due', resident_id = NULL"),
    ],
)
def test_the_database_refuses_what_may_not_be(
    resident: Resident, agent: User, role: str, statement: str
) -> None:
    send(batch(deposit("a")))
    _link(resident, agent)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")


def test_the_runtime_role_links_and_unlinks(
    resident: Resident, agent: User, wallet: FakeWallet
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        send(batch(deposit("a")))
        card = _link(resident, agent)
        assert rewarding.deposits_reward() == 1
        assert linking.card_unlink(card_id=card.id, actor=agent) == 1
        cursor.execute("RESET ROLE")


@pytest.fixture
def _queue_emptied(transactional_db: None) -> Iterator[None]:
    """Jobs that a test commits would be found by the next one: they are in no table of Django's."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("_queue_emptied")
@pytest.mark.django_db(transaction=True)
def test_deposits_that_come_while_a_card_is_linked_are_all_due(
    resident: Resident, agent: User
) -> None:
    start = threading.Barrier(5)

    def run(step: Callable[[], object]) -> None:
        start.wait()
        try:
            step()
        finally:
            connection.close()

    def post(number: int) -> Callable[[], object]:
        return lambda: send(batch(*(deposit(f"{number}-{k}") for k in range(20))))

    steps: list[Callable[[], object]] = [*map(post, range(4)), lambda: _link(resident, agent)]
    with ThreadPoolExecutor(5) as pool:
        for future in [pool.submit(run, step) for step in steps]:
            future.result()
    assert _states() == ["due"] * 80
    assert Card.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_at_the_same_time_is_stored_once() -> None:
    body = batch(*(deposit(f"d-{k}", card=f"12345{k % 7}") for k in range(50)))
    start = threading.Barrier(6)

    def post(_: int) -> dict[str, Any]:
        start.wait()
        try:
            answer = send(body)
            assert answer.status_code == 200
            found: dict[str, Any] = answer.json()
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))
    assert sum(answer["accepted"] for answer in answers) == 50
    assert sum(answer["duplicates"] for answer in answers) == 250
    assert all(answer["conflicts"] == [] for answer in answers)
    assert Deposit.objects.count() == 50
    assert Card.objects.count() == 7
