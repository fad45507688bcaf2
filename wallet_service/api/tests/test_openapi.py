"""The description says what the API does, and the kept copy is the present one."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from wallet_service.api.assembly import api
from wallet_service.api.auth import SCOPES, service_tokens
from wallet_service.api.management.commands import export_openapi
from wallet_service.api.messages import REFUSALS
from wallet_service.ledger.errors import Refusal


def _every_refusal(base: type[Refusal] = Refusal) -> set[type[Refusal]]:
    direct = set(base.__subclasses__())
    return direct.union(*(_every_refusal(kind) for kind in direct))


def test_every_refusal_has_a_status_and_a_message() -> None:
    # What only groups others is never raised, and has no code of its own.
    assert {kind.code for kind in _every_refusal()} - {Refusal.code} == set(REFUSALS)


def test_every_operation_declares_problems_under_their_content_type() -> None:
    for operations in api.get_openapi_schema()["paths"].values():
        for operation in operations.values():
            refused = {s: r for s, r in operation["responses"].items() if s >= 400}
            assert {401, 403, 422, 503} <= set(refused)
            for response in refused.values():
                assert list(response["content"]) == ["application/problem+json"]


def test_the_description_is_served(db: None) -> None:
    response = Client().get("/v1/openapi.json")
    assert response.status_code == 200
    assert "/v1/wallets/{wallet_id}" in response.json()["paths"]


def test_the_export_writes_then_agrees_then_notices_drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "api" / "wallet.openapi.json"
    monkeypatch.setattr(export_openapi.Command, "path", path)
    with pytest.raises(CommandError, match="out of date"):
        call_command("export_openapi", "--check")
    call_command("export_openapi", stdout=StringIO())
    call_command("export_openapi", "--check")
    path.write_text(path.read_text() + " ")
    with pytest.raises(CommandError, match="out of date"):
        call_command("export_openapi", "--check")


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_missing_or_short_token_stops_the_start(settings: Any, secret: str) -> None:
    settings.WALLET_API_TOKENS = dict.fromkeys(SCOPES, "x" * 40) | {"actions": secret}
    service_tokens.cache_clear()
    with pytest.raises(ImproperlyConfigured, match="actions"):
        service_tokens()
