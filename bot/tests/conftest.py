"""A trained model, the real action server, and a city to talk to."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog

from bot import project
from bot.testing import running_server
from bot.tests.city import City, CityServer
from service_kit.ports import free_port

ACTIONS_TOKEN = "token-of-the-action-server"


@pytest.fixture(scope="session", autouse=True)
def quiet_structlog() -> None:
    """Rasa's structured logs print every message at debug level until they are configured."""
    configure_structlog(logging.WARNING)


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of the present sources, trained only when there is none yet."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.train"],
        cwd=project.ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def city_server() -> Iterator[CityServer]:
    server = CityServer()
    yield server
    server.close()


@pytest.fixture
def city(city_server: CityServer) -> City:
    """A city where nothing happened yet."""
    city_server.city = City()
    return city_server.city


@pytest.fixture(scope="session")
def actions_url(city_server: CityServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The action server, in a process of its own as in production."""
    port = free_port()
    environment = {
        **os.environ,
        "ACTIONS_PORT": str(port),
        "ACTIONS_TOKEN": ACTIONS_TOKEN,
        "CONSOLE_URL": city_server.url,
        "CONSOLE_API_TOKEN_ACTIONS": "console-token",
        "WALLET_URL": city_server.url,
        "WALLET_API_TOKEN_ACTIONS": "wallet-token",
    }
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "actions.server"]
    log = tmp_path_factory.mktemp("actions") / "log"
    with running_server(command, url=url, environment=environment, log=log, within_s=30):
        yield url


def _tracker_store() -> TrackerStore:
    """PostgreSQL when the run provides one (``make test`` does), memory otherwise."""
    url = os.environ.get("RASA_DATABASE_URL")
    return SQLTrackerStore(host=url) if url else InMemoryTrackerStore(Domain.empty())


@pytest.fixture(scope="session")
def loaded_agent(model: Path, actions_url: str) -> Agent:
    """An agent as ``rasa run`` makes one."""
    endpoint = EndpointConfig(
        url=f"{actions_url}/webhook",
        headers={"Authorization": f"Bearer {ACTIONS_TOKEN}"},
        selective_domain=True,
    )
    return Agent.load(str(model), tracker_store=_tracker_store(), action_endpoint=endpoint)


@pytest.fixture
def agent(loaded_agent: Agent, city: City) -> Agent:
    """The agent, in a fresh city."""
    return loaded_agent
