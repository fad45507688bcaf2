"""A person looks at deposits that fail, and has them asked for again."""

import logging
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import Resident
from agent_console.collectors import linking, queue, retrying, rewarding, selectors, steps, tasks
from agent_console.collectors.errors import DepositNotDue, RetryPermissionMissing
from agent_console.collectors.models import Card, Deposit, DepositRetry, DepositState
from agent_console.collectors.tests.conftest import Caps, Clock, FakeWallet, batch, deposit, send

pytestmark = pytest.mark.django_db
CARDS = "/console/cards/"
RETRY = f"{CARDS}retry/"


@pytest.fixture(autouse=True)
def card(resident: Resident, agent: User, clock: Clock) -> Card:
    return linking.card_link(
        collector="demo", number="497010123456", resident=resident, actor=agent
    )


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", "collectors.link_card", "collectors.retry_deposit")


@pytest.fixture
def failing(wallet: FakeWallet, clock: Clock) -> Deposit:
    """One that the wallet has not rewarded for more than a day."""
    wallet.refusals = {7: "rule_unknown"}
    send(batch(deposit("a", items=7)))
    for _ in range(40):
        rewarding.deposits_reward()
        clock.now = Deposit.objects.get().retry_at or clock.now
    return Deposit.objects.get()


def test_a_deposit_that_fails_for_a_day_is_shown_with_reason_tries_and_since_when(
    client: Client, agent: User, failing: Deposit
) -> None:
    client.force_login(agent)
    page = client.get(CARDS).text
    assert "1 dépôt à vérifier" in page
    assert "aucune règle n’accorde de points au verre en ce moment" in page
    assert "24 novembre 2026 à 12:00" in page
    assert f">{failing.attempts}<" in page.replace("<span>", "").replace("</span>", "<")
    assert 'data-testid="retry-deposit"' not in page, "this account may not"
    assert "Nouvel essai prévu" in client.get(f"{CARDS}{failing.card_id}/").text


def test_one_that_fails_for_an_hour_is_nobodys_business_yet(
    client: Client, agent: User, wallet: FakeWallet, clock: Clock
) -> None:
    wallet.failures = [503]
    send(batch(deposit("a")))
    rewarding.deposits_reward()
    clock.now += timedelta(hours=1)
    client.force_login(agent)
    assert "vérifier" not in client.get(CARDS).text
    clock.now += timedelta(days=1)
    client.force_login(agent)
    assert "le porte-monnaie ne répond pas" in client.get(CARDS).text


def test_it_is_asked_for_again_and_who_wanted_it_is_kept(
    client: Client, supervisor: User, failing: Deposit, wallet: FakeWallet
) -> None:
    client.force_login(supervisor)
    answer = client.post(RETRY, {"deposit": str(failing.id)}, follow=True)
    assert "Le dépôt est relancé" in answer.text
    assert "avant la relance du" in answer.text, "it stays in the list until there is an answer"
    kept = DepositRetry.objects.get()
    assert (kept.actor, kept.attempts, kept.wait_code) == (
        supervisor,
        failing.attempts,
        "rule_unknown",
    )
    assert ProcrastinateJob.objects.filter(task_name="collectors.reward").count() == 2
    wallet.refusals = {}
    assert rewarding.deposits_reward() == 1
    assert "vérifier" not in client.get(CARDS).text
    assert (
        "n’attend plus rien" in client.post(RETRY, {"deposit": str(failing.id)}, follow=True).text
    )


def test_one_that_was_tried_too_often_rests_until_a_person_starts_it(
    supervisor: User, failing: Deposit, wallet: FakeWallet, clock: Clock
) -> None:
    Deposit.objects.update(attempts=steps.ATTEMPTS_MAX, retry_at=None)
    wallet.refusals = {}
    assert rewarding.deposits_reward() == 0
    assert selectors.deposits_failing(now=clock.now).count() == 1
    assert retrying.deposits_retry(deposit_ids=[failing.id], actor=supervisor) == 1
    assert rewarding.deposits_reward() == 1
    assert wallet.points == 7


def test_one_that_fails_holds_back_no_other(wallet: FakeWallet, failing: Deposit) -> None:
    send(batch(deposit("b", items=2)))
    assert rewarding.deposits_reward() == 1
    assert wallet.points == 2


def test_all_that_fail_are_started_at_once(
    client: Client, supervisor: User, wallet: FakeWallet, clock: Clock
) -> None:
    wallet.refusals = {7: "issuing_stopped"}
    send(batch(deposit("a"), deposit("b")))
    rewarding.deposits_reward()
    clock.now += timedelta(days=2)
    client.force_login(supervisor)
    assert "Réessayer les 2 dépôts" in client.get(CARDS).text
    assert "2 dépôts sont relancés" in client.post(RETRY, {"deposit": "failing"}, follow=True).text
    wallet.refusals = {}
    assert rewarding.deposits_reward() == 2


def test_a_raised_cap_need_not_wait_for_its_day(
    client: Client, supervisor: User, wallet: FakeWallet, clock: Clock
) -> None:
    wallet.caps = Caps(month=10)
    send(batch(deposit("a", items=12)))
    rewarding.deposits_reward()
    client.force_login(supervisor)
    page = client.get(CARDS).text
    assert "1 en attente d’un plafond" in page
    assert 'le <time datetime="2026-12-01' in page
    assert ">1er décembre</time>" in page
    wallet.caps = Caps(month=100)
    client.post(RETRY, {"deposit": str(Deposit.objects.get().id)})
    assert rewarding.deposits_reward() == 1
    assert wallet.points == 12


def test_nobody_else_starts_anything(
    client: Client, agent: User, supervisor: User, failing: Deposit
) -> None:
    assert client.post(RETRY, {"deposit": str(failing.id)}).status_code == 302
    client.force_login(agent)
    assert client.post(RETRY, {"deposit": str(failing.id)}).status_code == 403
    client.force_login(supervisor)
    assert client.get(RETRY).status_code == 405
    assert client.post(RETRY, {"deposit": "nonsense"}).status_code == 404
    with pytest.raises(RetryPermissionMissing):
        retrying.deposits_retry(deposit_ids=[failing.id], actor=agent)
    with pytest.raises(DepositNotDue):
        retrying.deposits_retry(deposit_ids=[], actor=supervisor)
    assert not DepositRetry.objects.exists()


def test_history_deposit_and_job_commit_together(supervisor: User, failing: Deposit) -> None:
    with (
        patch.object(queue, "enqueue_rewards", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        retrying.deposits_retry(deposit_ids=[failing.id], actor=supervisor)
    assert not DepositRetry.objects.exists()
    assert Deposit.objects.get().attempts == failing.attempts


@pytest.mark.parametrize("role", ["mdmp_console_owner", "mdmp_console_runtime"])
def test_the_history_cant_be_rewritten(supervisor: User, failing: Deposit, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        retrying.deposits_retry(deposit_ids=[failing.id], actor=supervisor)
        for statement in ("UPDATE %s SET attempts = 0", "DELETE FROM %s"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement % "collectors_depositretry")
        cursor.execute("RESET ROLE")


def test_whoever_watches_the_logs_is_told(
    failing: Deposit, caplog: pytest.LogCaptureFixture
) -> None:
    with patch("service_kit.jobs.connections.close_all"), caplog.at_level(logging.INFO):
        tasks.watch(0)
    told = [record for record in caplog.records if record.message == "deposits to look at"]
    assert [record.__dict__["count"] for record in told] == [1]
    assert told[0].levelno == logging.ERROR
    Deposit.objects.update(attempts=0, failing_since=None, wait_code="cap_day_reached")
    caplog.clear()
    with patch("service_kit.jobs.connections.close_all"), caplog.at_level(logging.INFO):
        Deposit.objects.update(retry_at=failing.received_at + timedelta(days=9))
        tasks.watch(0)
    assert [record.message for record in caplog.records] == ["deposits wait for a cap"]
    assert Deposit.objects.get().state == DepositState.DUE
