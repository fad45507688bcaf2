"""What is missing stops the start-up, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

GIVEN = {
    "WALLET_SECRET_KEY": "s" * 50,
    "WALLET_DATABASE_URL": "postgresql://runtime:secret@127.0.0.1:1/nowhere",
    "WALLET_API_TOKEN_CONSOLE": "c" * 40,
    "WALLET_API_TOKEN_ACTIONS": "a" * 40,
}
SERVE = "import wallet_service.config.wsgi"
# What every management command does first: applications, then the routes (system checks).
COMMAND = "import django; django.setup(); import wallet_service.config.urls"


def _start(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_http_process_starts_without_asking_the_database() -> None:
    started = _start(SERVE, GIVEN)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("name", list(GIVEN))
def test_the_http_process_needs_every_secret(name: str) -> None:
    left = {key: value for key, value in GIVEN.items() if key != name}
    refused = _start(SERVE, left)
    assert refused.returncode != 0
    assert "ImproperlyConfigured" in refused.stderr


def test_the_relayer_starts_without_the_callers_tokens() -> None:
    left = {name: value for name, value in GIVEN.items() if "TOKEN" not in name}
    started = _start(COMMAND, left | {"DJANGO_SETTINGS_MODULE": "wallet_service.config.settings"})
    assert started.returncode == 0, started.stderr
