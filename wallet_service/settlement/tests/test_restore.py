"""As docs/operations/wallet.md has it: a dump, restored elsewhere, rebuilds an empty node."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from chain.client import ChainClient
from chain.testing import CHAIN_ID, running_node
from wallet_service.settlement.models import Deployment
from wallet_service.settlement.selectors import settled_points

from .conftest import Driver
from .ledgering import balance, new_partner, new_wallet, reward, spend

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards."""
    name = f"test_restored_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_url(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _url(name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_dump_restored_elsewhere_rebuilds_an_empty_node_to_the_same_balances(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    elsewhere: str,
    tmp_path: Path,
) -> None:
    wallets = [new_wallet() for _ in range(3)]
    partner = new_partner()
    for points, wallet in enumerate(wallets, start=10):
        reward(wallet, points=points)
    spend(wallets[0], points=4, to=partner)
    driver.settle()
    reward(wallets[1], points=5)  # not settled yet: the restored relayer will
    file = tmp_path / "wallet.dump"

    _run("-m", "ops.wallet_backup", "dump", str(file), url=_url())
    _run("-m", "ops.wallet_backup", "restore", str(file), url=elsewhere)

    assert file.stat().st_mode & 0o077 == 0
    with running_node() as empty, empty.client() as other:
        out = _run(
            *("-m", "wallet_service.manage", "rebuild", "--rpc-url", empty.rpc_url),
            url=elsewhere,
        )
        assert "4 wallets agree" in out
        for wallet in (*wallets, partner):
            assert balance(other, deployment, wallet) == balance(client, deployment, wallet)
            assert balance(other, deployment, wallet) == settled_points(wallet)
    # What must not change can't be changed there either, and a second restore is refused.
    with psycopg.connect(elsewhere) as restored:
        with pytest.raises(psycopg.Error, match="append-only"):
            restored.execute("DELETE FROM ledger_posting")
        restored.rollback()
        unsettled = restored.execute(
            "SELECT count(*) FROM ledger_settlementintent WHERE NOT batched"
        ).fetchone()
        assert unsettled == (1,)
    with pytest.raises(AssertionError, match="empty database"):
        _run("-m", "ops.wallet_backup", "restore", str(file), url=elsewhere)


def _run(*arguments: str, url: str) -> str:
    environment = {
        **os.environ,
        "WALLET_DATABASE_OWNER_URL": url,
        "MDMP_DB_ROLE": "owner",
        "WALLET_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "wallet_service.config.settings",
        "CHAIN_ID": str(CHAIN_ID),
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _url(name: str | None = None) -> str:
    given = urlsplit(os.environ["WALLET_DATABASE_OWNER_URL"])
    database = name or str(connection.settings_dict["NAME"])
    return urlunsplit(given._replace(path=f"/{database}"))
