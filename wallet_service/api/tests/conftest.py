"""A client that speaks JSON with a service token."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from wallet_service.api.auth import service_tokens

CONSOLE_TOKEN = "console-token-of-the-tests-0123456789abcdef"
ACTIONS_TOKEN = "actions-token-of-the-tests-0123456789abcdef"


@dataclass
class Caller:
    """Sends requests under ``/v1`` as one service; returns the status and the JSON body."""

    token: str

    def __call__(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        response = Client(raise_request_exception=False).generic(
            method,
            f"/v1{path}",
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )
        expected = "application/problem+json" if response.status_code >= 400 else "application/json"
        assert response["Content-Type"].startswith(expected)
        return response.status_code, response.json()


@pytest.fixture(autouse=True)
def tokens(settings: Any) -> Iterator[None]:
    settings.WALLET_API_TOKENS = {"console": CONSOLE_TOKEN, "actions": ACTIONS_TOKEN}
    service_tokens.cache_clear()
    yield
    service_tokens.cache_clear()


@pytest.fixture
def console() -> Caller:
    """The caller that may do everything."""
    return Caller(CONSOLE_TOKEN)


@pytest.fixture
def actions() -> Caller:
    """The caller that may only read wallets."""
    return Caller(ACTIONS_TOKEN)


@pytest.fixture
def wallet_id(console: Caller, rules: None) -> str:
    """A wallet opened over the API."""
    wallet_id = str(uuid.uuid4())
    status, _ = console("PUT", f"/wallets/{wallet_id}")
    assert status == 201
    return wallet_id
