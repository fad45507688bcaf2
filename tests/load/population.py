"""Wallets by the thousand or the million, by the rules that the database keeps.

Each is what the ledger's own ``wallet_open`` makes: the first one is opened by it, and the others
get the same columns and the same accounts, all empty.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import uuid
from typing import Any

import psycopg
from psycopg import sql

from ops.config import PLATFORM_PYTHON, ROOT

from .system import BenchSystem, process_environment

# Drawn from the wallet's place in the order, so that a client knows the ids without being told.
_WALLETS = """
INSERT INTO ledger_wallet (id, address{columns})
SELECT md5('wallet ' || n)::uuid, '0x' || substr(md5('a' || n) || md5('b' || n), 1, 40){values}
  FROM generate_series(1, %(last)s::bigint) AS n,
       (SELECT * FROM ledger_wallet WHERE id = %(template)s) AS template
"""
_ACCOUNTS = """
INSERT INTO ledger_account (kind, wallet_id)
SELECT account.kind, md5('wallet ' || n)::uuid
  FROM generate_series(1, %(last)s::bigint) AS n,
       (SELECT kind FROM ledger_account WHERE wallet_id = %(template)s ORDER BY id) AS account
 ORDER BY n
"""
_BROKEN = """
SELECT (SELECT count(*) FROM ledger_account AS account
          LEFT JOIN ledger_wallet AS wallet ON wallet.id = account.wallet_id
         WHERE account.shard IS NULL AND wallet.id IS NULL),
       (SELECT count(*) FROM ledger_wallet),
       (SELECT count(DISTINCT kind) FROM ledger_account WHERE wallet_id IS NOT NULL),
       (SELECT count(*) FROM ledger_account WHERE wallet_id IS NOT NULL)
"""
_OPEN_ONE = """
import uuid, wallet_service.config.wsgi
from wallet_service.ledger.services import wallet_open
wallet_open(wallet_id=uuid.UUID("{wallet}"))
"""


def wallet_id(index: int) -> uuid.UUID:
    """The wallet at this place."""
    return uuid.UUID(hashlib.md5(f"wallet {index}".encode(), usedforsecurity=False).hexdigest())


def populate(system: BenchSystem, *, database: str, wallets: int) -> None:
    """Put ``wallets`` wallets into an empty ledger.

    A million times five rows would wait minutes for checks of one row at a time, so the session
    leaves triggers and foreign keys out and the same is checked of all rows at the end; unique and
    check constraints act as always.
    """
    template = wallet_id(0)
    _open_by_the_ledger(system, database, template)
    with system.superuser(database) as connection:
        copied = _copied_columns(connection)
        columns = sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(c)) for c in copied)
        values = sql.SQL("").join(
            sql.SQL(", template.{}").format(sql.Identifier(c)) for c in copied
        )
        connection.execute("SET session_replication_role = replica")
        place = {"last": wallets - 1, "template": template}
        connection.execute(sql.SQL(_WALLETS).format(columns=columns, values=values), place)
        connection.execute(_ACCOUNTS, place)
        connection.execute("SET session_replication_role = origin")
        connection.execute("VACUUM (ANALYZE) ledger_wallet, ledger_account")
        _check(connection, wallets)
        connection.execute("CHECKPOINT")


def _check(connection: psycopg.Connection[tuple[Any, ...]], wallets: int) -> None:
    """Every account has its wallet, every wallet its accounts (a kind can't be there twice)."""
    ((orphans, opened, kinds, accounts),) = connection.execute(_BROKEN).fetchall()
    assert (orphans, opened, accounts) == (0, wallets, kinds * wallets)


def _open_by_the_ledger(system: BenchSystem, database: str, template: uuid.UUID) -> None:
    environment = process_environment(system) | {
        "WALLET_DATABASE_URL": system.database_url(database),
        "PATH": os.environ["PATH"],
    }
    subprocess.run(
        [str(PLATFORM_PYTHON), "-c", _OPEN_ONE.format(wallet=template)],
        cwd=ROOT,
        env=environment,
        check=True,
    )


def _copied_columns(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """What a wallet has beside its id, its address and the moment of its opening."""
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'ledger_wallet'"
        " AND column_name NOT IN ('id', 'address', 'created_at') ORDER BY ordinal_position"
    )
    return [str(row[0]) for row in rows]
