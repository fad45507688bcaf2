"""No connection is left: nothing breaks, whoever asked comes back."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from psycopg_pool import PoolTimeout


def _no_connection(*_: object, **__: object) -> None:
    raise OperationalError from PoolTimeout()


def test_a_program_is_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("channels_config.telegram.views.verified_update", _no_connection)
    answer = client.post("/channels/telegram/webhook", {"text": "un trou rue de Rome"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "database_unavailable"
    assert answer["Retry-After"] == "2"
    assert "PoolTimeout" in [getattr(one, "code", "") for one in caplog.records]
    assert "rue de Rome" not in caplog.text


@pytest.mark.django_db
def test_a_person_reads_a_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_console.facilities.views.sorting_answer", _no_connection)
    answer = client.get("/ou-jeter/?q=frigo")
    assert answer.status_code == 503
    assert "Réessayez dans quelques secondes" in answer.text
