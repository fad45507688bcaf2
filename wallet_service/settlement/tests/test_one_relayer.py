"""One relayer works; a second one waits; a killed or stopped one leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from chain.client import ChainClient
from chain.config import ChainConfig
from chain.testing import CHAIN_ID, TestNode
from wallet_service.ledger.models import Wallet
from wallet_service.settlement.deployment import contract_deploy
from wallet_service.settlement.domain import RelayerState
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.locks import Lock
from wallet_service.settlement.models import Deployment, RelayerHeartbeat
from wallet_service.settlement.relayer import Relayer
from wallet_service.settlement.selectors import settled_points
from wallet_service.settlement.waiting import StopSignal

from .conftest import RECONCILE_EVERY_S
from .ledgering import balance, new_wallet, reward

ROOT = Path(__file__).resolve().parents[3]
# A process takes ten seconds and more to start while other suites run.
PATIENCE_S = 120
PASSWORDS = {
    f"CHAIN_KEYSTORE_PASSWORD_{role}": f"test-{role.lower()}"
    for role in ("ADMIN", "ISSUER", "REDEEMER")
}


@retry(
    retry=retry_if_result(lambda reached: not reached),
    stop=stop_after_delay(PATIENCE_S),
    wait=wait_fixed(0.05),
)
def until(condition: Callable[[], bool]) -> bool:
    return condition()


@contextmanager
def relayer_thread(
    client: ChainClient, keyring: Keyring, *, reconcile_every_s: float = RECONCILE_EVERY_S
) -> Iterator[threading.Thread]:
    """A relayer on a database connection of its own."""
    stop = StopSignal()

    def work() -> None:
        try:
            Relayer(
                client=client,
                open_keyring=lambda deployment: keyring,
                stop=stop,
                reconcile_every_s=reconcile_every_s,
            ).run()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()


def test_a_second_relayer_waits_until_the_first_is_gone(
    deployment: Deployment, client: ChainClient, keyring: Keyring
) -> None:
    wallet = new_wallet()
    reward(wallet)
    with _other_session() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [0x4D444D50, int(Lock.RELAYER)])
        with relayer_thread(client, keyring) as thread:
            thread.join(timeout=1.5)
            assert thread.is_alive()
            assert client.block_number() == 0
            assert not RelayerHeartbeat.objects.exists()
            other.close()  # a killed process ends its session
            assert until(lambda: settled_points(wallet) == 10)


def test_an_intent_wakes_a_sleeping_relayer_at_once(
    deployment: Deployment, client: ChainClient, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet_service.settlement.relayer._IDLE_S", 3600.0)
    wallet = new_wallet()
    with relayer_thread(client, keyring):
        for points in (10, 20, 30):
            assert until(_is_asleep)
            reward(wallet)
            assert until(partial(_holds, wallet, points))


def test_a_lost_database_session_is_replaced(
    deployment: Deployment, client: ChainClient, keyring: Keyring
) -> None:
    wallet = new_wallet()
    with relayer_thread(client, keyring):
        assert until(_is_asleep)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory' AND objid = %s AND granted",
                [int(Lock.RELAYER)],
            )
        reward(wallet)
        assert until(lambda: settled_points(wallet) == 10)


@pytest.fixture
def process_environment(
    committed_db: None, node: TestNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """What the relayer's process gets in production: the runtime role, pooled, and the keystores.

    The test process holds the same chain settings, to deploy.
    """
    runtime = urlsplit(os.environ["WALLET_DATABASE_URL"])
    url = urlunsplit(runtime._replace(path="/" + str(connection.settings_dict["NAME"])))
    chain = {
        "CHAIN_RPC_URL": node.rpc_url,
        "CHAIN_ID": str(CHAIN_ID),
        "CHAIN_KEYS_DIR": str(tmp_path / "keys"),
        **PASSWORDS,
    }
    for name, value in chain.items():
        monkeypatch.setenv(name, value)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wallet_service.config.settings",
        "WALLET_DATABASE_URL": url,
        "MDMP_DB_ROLE": "runtime",
        "WALLET_SECRET_KEY": settings.SECRET_KEY,
    }


def test_the_process_survives_kill_9_and_ends_on_sigterm(
    process_environment: dict[str, str], client: ChainClient
) -> None:
    wallet = new_wallet()
    first = _relay(process_environment)  # before anything is deployed
    second: subprocess.Popen[bytes] | None = None
    try:
        deployment, created = contract_deploy(config=ChainConfig.from_environ())
        assert created
        for _ in range(5):
            reward(wallet, points=1)
        assert until(lambda: settled_points(wallet) == 5)
        for _ in range(5):
            reward(wallet, points=1)
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=10)

        second = _relay(process_environment)
        assert until(lambda: settled_points(wallet) == 10)
        assert balance(client, deployment, wallet) == 10
        second.terminate()
        assert second.wait(timeout=10) == 0
    finally:
        for process in (first, second):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(timeout=10)


def _relay(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "wallet_service.manage", "relay"], cwd=ROOT, env=environment
    )


def _other_session() -> psycopg.Connection[tuple[object, ...]]:
    parameters = connection.get_connection_params()
    return psycopg.connect(
        host=parameters["host"],
        port=parameters["port"],
        user=parameters["user"],
        password=parameters["password"],
        dbname=parameters["dbname"],
        autocommit=True,
    )


def _holds(wallet: Wallet, points: int) -> bool:
    return settled_points(wallet) == points


def _is_asleep() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND objid = %s AND mode = 'ExclusiveLock' AND granted",
            [int(Lock.ASLEEP)],
        )
        row = cursor.fetchone()
    heartbeat = RelayerHeartbeat.objects.first()
    return bool(row[0]) and heartbeat is not None and heartbeat.state == RelayerState.IDLE
