"""Fixtures over the running system; ``make test`` starts it and stops it."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ops.config import Config
from service_kit.browser import headless
from tests.support.chat import ChatClient
from tests.support.ledger import Ledger
from tests.support.logs import Logs
from tests.support.operator import Operator
from tests.support.system import System

_LOGS = pytest.StashKey[Logs]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    item.stash[_LOGS] = Logs(Config.from_environ().log_dir)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and _LOGS in item.stash:
        report.sections.append(("the system's logs during the test", item.stash[_LOGS].told()))
    return report


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


@pytest.fixture(scope="module")  # Playwright's loop runs as long as it does: no other one may
def browser() -> Iterator[Browser]:
    with headless() as launched:
        yield launched


@pytest.fixture(scope="session")
def images() -> Path:
    """Where screenshots go; ``docs/images/`` holds those that are published."""
    folder = Path("build/images")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
