"""Whatever is sent, no request makes the server fail, and each answer is one that is described.

The requests are drawn from the kept description by schemathesis, sent over HTTP to the service as
it runs in production (gunicorn, two processes, the runtime role), on a database where ids lead to
something: half of what is drawn is aimed at a wallet, an offer, a voucher that exists.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
import schemathesis
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service_kit.ports import free_port
from wallet_service.conftest import empty_the_ledger
from wallet_service.rewards.seeding import rules_seed, seed_file_read

from .shopping import offer_made, partner_made, redemption_made, wallet_funded

DESCRIPTION = Path(__file__).parents[3] / "docs" / "api" / "wallet.openapi.json"
SCHEMA = schemathesis.openapi.from_path(str(DESCRIPTION))
OPERATIONS: dict[str, Any] = {}
for _result in SCHEMA.get_all_operations():
    _operation: Any = _result.ok()  # type: ignore[union-attr]  # an error in the file would raise
    OPERATIONS[_operation.label] = _operation
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Sound requests and unsound ones, for each operation; bounds the whole to less than a minute.
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 3}
TOKEN = "console-token-of-the-fuzzing-0123456789abcdef"
START_S = 120
_SERVICE = "wallet_service.config"


@dataclass(frozen=True)
class Server:
    """The running service, and what its database holds, by the name that requests use."""

    url: str
    known: dict[str, str]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    """The service on the test database, as it runs in production."""
    with django_db_blocker.unblock():
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        gunicorn = str(Path(sys.executable).with_name("gunicorn"))
        process = subprocess.Popen(
            [gunicorn, "--config", f"python:{_SERVICE}.serving", f"{_SERVICE}.wsgi:application"],
            env=_environment(port),
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_served(url, process)
            yield Server(url=url, known=_something_known(url))
        finally:
            process.terminate()
            process.wait(timeout=10)
            empty_the_ledger()
            connection.close()


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("label", list(OPERATIONS))
def test_no_request_makes_the_server_fail(server: Server, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[label]
    if mode is GenerationMode.NEGATIVE and not _can_be_unsound(operation):
        mode = GenerationMode.POSITIVE

    @given(case=operation.as_strategy(generation_mode=mode), aimed=st.booleans())
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any, aimed: bool) -> None:
        if aimed:
            _aim(case, server.known)
        response = case.call(base_url=server.url, headers={"Authorization": f"Bearer {TOKEN}"})
        case.validate_response(response, checks=CHECKS)

    send()


def _environment(port: int) -> dict[str, str]:
    """The service's own environment, on the test database and with the runtime role."""
    parts = urlsplit(os.environ["WALLET_DATABASE_URL"])
    database = str(connection.settings_dict["NAME"])
    assert database.startswith("test_")
    return {
        **{name: value for name, value in os.environ.items() if name != "MDMP_DB_ROLE"},
        "WALLET_DATABASE_URL": urlunsplit(parts._replace(path=f"/{database}")),
        "WALLET_API_TOKEN_CONSOLE": TOKEN,
        "WALLET_PORT": str(port),
    }


def _wait_until_served(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended at once"
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the service does not answer after {START_S} s")


def _something_known(url: str) -> dict[str, str]:
    """A wallet with points, rewards, an offer, a voucher, a case, a proposal."""
    rules_seed(rules=seed_file_read())

    def console(
        method: str, path: str, body: Any = None, *, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key or str(uuid.uuid4())}
        response = requests.request(
            method, f"{url}/v1{path}", json=body, headers=headers, timeout=10
        )
        return response.status_code, response.json()

    partner = partner_made(console)
    offer = offer_made(console, partner["id"])
    wallet_id = wallet_funded(console, points=10_000)
    voucher = redemption_made(console, wallet_id, offer["id"])
    rewards = [_reward_made(console, wallet_id) for _ in range(2)]
    correction = {
        "kind": "credit",
        "wallet_id": wallet_id,
        "points": 5,
        "reason": "test",
        "actor": str(uuid.uuid4()),
    }
    return {
        "wallet_id": wallet_id,
        "partner_id": partner["id"],
        "offer_id": offer["id"],
        "redemption_id": voucher["id"],
        "voucher": voucher["voucher_code"],
        "reward_id": rewards[0]["id"],
        "subject": rewards[0]["id"],
        "evidence": rewards[1]["evidence"],
        "rule": "report.pothole",
        "commune": "13055",
        "case_id": console("GET", "/reviews")[1]["items"][0]["id"],
        "correction_id": console("POST", "/corrections", correction)[1]["id"],
        "entry_id": console("GET", f"/wallets/{wallet_id}/entries")[1]["items"][0]["id"],
    }


def _reward_made(console: Callable[..., Any], wallet_id: str) -> dict[str, Any]:
    body = {
        "wallet_id": wallet_id,
        "rule": "report.pothole",
        "evidence": str(uuid.uuid4()),
        "channel": "web",
        "signals": {"photos": ["ab" * 32]},
    }
    status, reward = console("POST", "/rewards", body)
    assert status == 201, reward
    made: dict[str, Any] = reward
    return made


def _can_be_unsound(operation: Any) -> bool:
    """Whether anything is sent that could be wrong."""
    return bool(operation.body or operation.path_parameters or operation.query)


def _aim(case: Any, known: dict[str, str]) -> None:
    """Put what exists in the place of what was drawn, wherever the name says what it is."""
    code = known["rule"] if "/rules/" in case.operation.path else known["voucher"]
    for drawn in (case.path_parameters, case.query, case.body):
        if isinstance(drawn, dict):
            for name in drawn:
                if name in known:
                    drawn[name] = known[name]
            if "code" in drawn and drawn is case.path_parameters:
                drawn["code"] = code
    items = case.body.get("items") if isinstance(case.body, dict) else None
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            item.update({name: known[name] for name in ("wallet_id", "rule") if name in item})
