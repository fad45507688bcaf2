"""Wallets by the thousand or the million, as the owner, by the rules that the database keeps.

Each is what the ledger's own ``wallet_open`` makes: the first one is opened by it, and the others
get the same columns and the same accounts, all empty; every constraint and trigger stays on.
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
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
       (SELECT * FROM ledger_wallet WHERE id = %(template)s) AS template
"""
_ACCOUNTS = """
INSERT INTO ledger_account (kind, wallet_id)
SELECT account.kind, md5('wallet ' || n)::uuid
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
       (SELECT kind FROM ledger_account WHERE wallet_id = %(template)s ORDER BY id) AS account
 ORDER BY n
"""
_AT_ONCE = 100_000
_OPEN_ONE = """
import uuid, wallet_service.config.wsgi
from wallet_service.ledger.services import wallet_open
wallet_open(wallet_id=uuid.UUID("{wallet}"))
"""


def wallet_id(index: int) -> uuid.UUID:
    """The wallet at this place."""
    return uuid.UUID(hashlib.md5(f"wallet {index}".encode(), usedforsecurity=False).hexdigest())


def populate(system: BenchSystem, *, database: str, wallets: int) -> None:
    """Put ``wallets`` wallets into an empty ledger."""
    template = wallet_id(0)
    _open_by_the_ledger(system, database, template)
    with psycopg.connect(system.database_url(database, owner=True)) as connection:
        copied = _copied_columns(connection)
        columns = sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(c)) for c in copied)
        values = sql.SQL("").join(
            sql.SQL(", template.{}").format(sql.Identifier(c)) for c in copied
        )
        for first in range(1, wallets, _AT_ONCE):
            place = {
                "first": first,
                "last": min(first + _AT_ONCE, wallets) - 1,
                "template": template,
            }
            connection.execute(sql.SQL(_WALLETS).format(columns=columns, values=values), place)
            connection.execute(_ACCOUNTS, place)
            connection.commit()
    with system.superuser(database) as connection:
        connection.execute("VACUUM (ANALYZE) ledger_wallet")
        connection.execute("VACUUM (ANALYZE) ledger_account")
        connection.execute("CHECKPOINT")


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
