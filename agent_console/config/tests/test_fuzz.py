"""Whatever is sent to the internal API, nothing fails, and each answer is one that is described.

As the wallet's own (``wallet_service/api/tests/test_fuzz.py``): requests are drawn from the kept
description by schemathesis and sent over HTTP to the console as it runs in production (uvicorn, the
runtime role), on a database where half of what is drawn leads to something.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import schemathesis
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.services import receive_message
from agent_console.pickups.models import Slot
from agent_console.reports.intake import Intake
from agent_console.reports.services import report_create
from service_kit.ports import free_port

DESCRIPTION = Path(__file__).parents[3] / "docs" / "api" / "console.openapi.json"
OPERATIONS: dict[str, Any] = {
    found.ok().label: found.ok()  # type: ignore[union-attr]  # an error in the file would raise
    for found in schemathesis.openapi.from_path(str(DESCRIPTION)).get_all_operations()
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Sound requests and unsound ones, for each operation; bounds the whole to less than a minute.
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 3}
TOKEN = "console-token-of-the-fuzzing-0123456789abcdef"
START_S = 60
# The first address that is looked at loads a language model, beside what else the machine does.
ANSWER_S = 60


@dataclass(frozen=True)
class Server:
    """The running console, and what its database holds, by the name that requests use."""

    url: str
    known: dict[str, Any]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    """The console on the test database, as it runs in production."""
    with django_db_blocker.unblock():
        known = _something_known()
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "agent_console.config.asgi:application",
             "--host", "127.0.0.1", "--port", str(port), "--log-level", "critical"],
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_served(url, process)
            yield Server(url=url, known=known)
        finally:
            process.terminate()
            process.wait(timeout=10)
            call_command("flush", verbosity=0, interactive=False)
            ProcrastinateJob.objects.all()._raw_delete("default")
            connection.close()


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("label", list(OPERATIONS))
def test_no_request_makes_the_console_fail(
    server: Server, label: str, mode: GenerationMode
) -> None:
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
        headers = {"Authorization": f"Bearer {TOKEN}"}
        response = case.call(base_url=server.url, headers=headers, timeout=ANSWER_S)
        case.validate_response(response, checks=CHECKS)

    send()


def _environment() -> dict[str, str]:
    """The console's own environment, on the test database and with the runtime role."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = str(connection.settings_dict["NAME"])
    assert database.startswith("test_")
    return {
        **{name: value for name, value in os.environ.items() if name != "MDMP_DB_ROLE"},
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{database}")),
        "CONSOLE_API_TOKEN_ACTIONS": TOKEN,
    }


def _wait_until_served(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the console ended at once"
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the console does not answer after {START_S} s")


def _something_known() -> dict[str, Any]:
    """A conversation, a report made in it, another's report, a free slot."""
    call_command("seed_metropolis", verbosity=0)
    conversations = [
        receive_message(
            contact_point=web_contact_open(token=web_token_new()),
            external_id=f"fuzz:{number}",
            text="Bonjour",
        ).conversation
        for number in range(2)
    ]
    reports = [
        report_create(
            intake_key=f"fuzz:{number}",
            intake=Intake(
                conversation=conversation,
                category_code="pothole",
                address="12 rue Paradis",
                commune="Marseille",
            ),
        )
        for number, conversation in enumerate(conversations)
    ]
    slot = Slot.objects.filter(sector="aix").order_by("day").last()
    assert slot is not None
    return {
        "conversation": str(conversations[0].id),
        "conversation_id": str(conversations[0].id),
        "reference": reports[1].reference_display,
        "category": "pothole",
        "commune": "13001",
        "service": "voirie",
        "address": "12 rue des Oliviers",
        "slot": slot.pk,
        "slot_id": slot.pk,
        "Idempotency-Key": f"fuzz:{uuid.UUID(int=7)}",
    }


def _can_be_unsound(operation: Any) -> bool:
    """Whether anything is sent that could be wrong."""
    return bool(operation.body or operation.path_parameters or operation.query)


def _aim(case: Any, known: dict[str, Any]) -> None:
    """Put what exists in the place of what was drawn, wherever the name says what it is."""
    for drawn in (case.path_parameters, case.query, case.body):
        if isinstance(drawn, dict):
            for name in drawn:
                if name in known:
                    drawn[name] = known[name]
