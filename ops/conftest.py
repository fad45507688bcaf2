"""Unit tests of the runner see no setting of the machine they run on."""

import pytest

from ops import secrets
from ops.config import DATABASES, PORTS


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [name for row in DATABASES.values() for name in row[:2]]
    engines = ("VALKEY_URL", "CHAIN_RPC_URL", "DATA_DIR", "BIND_HOST")
    for name in (*PORTS, *urls, *engines, *secrets.NAMES):
        monkeypatch.delenv(name, raising=False)
