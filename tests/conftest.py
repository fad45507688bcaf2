"""Fixtures over the running system; ``make test`` starts it and stops it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from service_kit.browser import headless
from tests.support.chat import ChatClient
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.system import System


@pytest.fixture(scope="session")
def system() -> System:
    found = System.connect()
    found.await_ready()
    return found


@pytest.fixture(scope="session")
def ledger(system: System) -> Ledger:
    return Ledger(system)


@pytest.fixture
def citizen(system: System) -> Iterator[ChatClient]:
    client = ChatClient(system.chat_url, system.console_url)
    yield client
    client.close()


@pytest.fixture
def operator(system: System) -> Operator:
    password = system.environment["DEMO_OPERATOR_PASSWORD"]
    return Operator(system.console_url, "operateur", password)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with headless() as launched:
        yield launched


@pytest.fixture(scope="session")
def images() -> Path:
    """Where screenshots go; ``docs/images/`` holds those that are published."""
    folder = Path("build/images")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
