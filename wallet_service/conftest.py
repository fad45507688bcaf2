"""Fixtures of the wallet's tests; all of them use a real PostgreSQL, as the owner role.

``db`` (pytest-django) rolls back; ``committed_db`` commits, for tests with several connections.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from wallet_service.ledger.models import Wallet
from wallet_service.ledger.services import wallet_open
from wallet_service.rewards.seeding import rules_seed

RULE = "report.pothole"
RULE_POINTS = 10


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test database, always: pytest-django makes none for a run of ``committed_db`` tests only,
    which would then empty the database that the settings name."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        yield
        teardown_databases(made, verbosity=0)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database where transactions really commit; emptied afterwards.

    The usual flush is refused by the append-only triggers, so the owner switches them off by DDL.
    """
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            empty_the_ledger()
            connection.close()


def empty_the_ledger() -> None:
    if not str(connection.settings_dict["NAME"]).startswith("test_"):
        pytest.fail("this is not a test database: nothing is deleted")
    tables = [
        model._meta.db_table
        for label in ("ledger", "rewards", "offers", "settlement")
        for model in apps.get_app_config(label).get_models()
    ]
    kept = {"ledger_account", "ledger_wallet"}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("TRUNCATE " + ", ".join(table for table in tables if table not in kept))
        cursor.execute("DELETE FROM ledger_account WHERE wallet_id IS NOT NULL")
        cursor.execute("DELETE FROM ledger_wallet")
        cursor.execute("UPDATE ledger_account SET balance_points = 0, posting_count = 0")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def as_runtime() -> Callable[[], AbstractContextManager[None]]:
    """A context in which statements run with the rights of the runtime role."""

    @contextmanager
    def role() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{settings.WALLET_RUNTIME_ROLE}"')
            try:
                yield
            finally:
                cursor.execute("RESET ROLE")

    return role


@pytest.fixture
def rules(db: None) -> None:
    """The rule ``report.pothole``, in a transaction that is rolled back."""
    rules_seed(rules={RULE: RULE_POINTS})


@pytest.fixture
def wallet(db: None) -> Wallet:
    """A wallet with nothing in it."""
    return wallet_open(wallet_id=uuid.uuid4())[0]


@pytest.fixture
def committed_wallet(committed_db: None) -> Wallet:
    """A committed wallet, and the committed rule ``report.pothole``."""
    rules_seed(rules={RULE: RULE_POINTS})
    return wallet_open(wallet_id=uuid.uuid4())[0]


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Run callables at the same moment, each on its own connection.

    Returns what each returned, or the exception that it raised, in the order given.
    """

    def run(*calls: Callable[[], Any]) -> list[Any]:
        outcomes: list[Any] = [None] * len(calls)
        start = threading.Barrier(len(calls))

        def work(index: int, call: Callable[[], Any]) -> None:
            try:
                start.wait(timeout=10)
                outcomes[index] = call()
            except Exception as error:
                outcomes[index] = error
            finally:
                connection.close()

        threads = [
            threading.Thread(target=work, args=(index, call)) for index, call in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        if any(thread.is_alive() for thread in threads):
            pytest.fail("a thread is still waiting after 60 s")
        return outcomes

    return run
