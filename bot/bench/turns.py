"""Turns a second of eight conversations at a time, through the hub or Rasa's REST channel."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx

from bot.testing import running_server
from bot.tests.city import City, CityServer
from bot.tests.conftest import ACTIONS_TOKEN
from service_kit.ports import free_port

CLIENTS = 8
TOKEN = secrets.token_hex(16)
# One conversation: courtesy, a report in one sentence, an answer, a digression.
TURNS = (
    "bonjour",
    "il y a un gros nid-de-poule devant le 12 rue Paradis à Marseille",
    "que savez-vous faire ?",
    "non, laissez tomber",
    "à quelle heure ferme la piscine",
    "merci au revoir",
)


@contextmanager
def _action_server(folder: Path) -> Iterator[str]:
    city = CityServer()
    city.city = City()
    port = free_port()
    environment = {
        **os.environ,
        "ACTIONS_PORT": str(port),
        "ACTIONS_TOKEN": ACTIONS_TOKEN,
        "CONSOLE_URL": city.url,
        "CONSOLE_API_TOKEN_ACTIONS": "console-token",
        "WALLET_URL": city.url,
        "WALLET_API_TOKEN_ACTIONS": "wallet-token",
    }
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "actions.server"]
    log = folder / "actions.log"
    try:
        with running_server(command, url=url, environment=environment, log=log, within_s=60):
            yield url
    finally:
        city.close()


def turns_per_second(
    model: Path, folder: Path, *, conversations: int, rest: bool = False, may_refuse: bool = False
) -> float:
    """Talk ``conversations`` through one server, whose core does nothing else.

    ``rest``: through Rasa's own channel instead of the hub, with the same metadata. ``may_refuse``:
    a model of few rules has no answer to some turns, which is a 503.
    """
    data_dir = folder / "serving"
    (data_dir / "models").mkdir(parents=True)
    shutil.copy(model, data_dir / "models" / "measured.tar.gz")
    port = free_port()
    with _action_server(folder) as actions_url:
        environment = {
            **os.environ,
            "DATA_DIR": str(data_dir),
            "RASA_PORT": str(port),
            "RASA_TOKEN": TOKEN,
            "ACTIONS_URL": actions_url,
            "ACTIONS_TOKEN": ACTIONS_TOKEN,
            "RASA_DATABASE_URL": f"sqlite:///{data_dir / 'conversations.db'}",
            "VALKEY_HOST": "127.0.0.1",
            "VALKEY_PORT": "9",
            "VALKEY_PASSWORD": "none",
        }
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "bot.bench.server", *(["--rest"] if rest else [])]
        log = folder / "server.log"
        with running_server(command, url=url, environment=environment, log=log, within_s=240):
            say = _say_to_rest if rest else partial(_say_to_hub, may_refuse=may_refuse)
            for _ in range(0 if may_refuse else 2):
                _talk(url, say)  # the first turns fill caches
            started = time.perf_counter()
            with ThreadPoolExecutor(CLIENTS) as pool:
                list(pool.map(lambda _: _talk(url, say), range(conversations)))
            spent_s = time.perf_counter() - started
    shutil.rmtree(data_dir)
    return round(conversations * len(TURNS) / spent_s, 1)


def _talk(url: str, say: Callable[[httpx.Client, str, str], None]) -> None:
    conversation = str(uuid.uuid4())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        for text in TURNS:
            say(client, conversation, text)


def _say_to_hub(client: httpx.Client, conversation: str, text: str, *, may_refuse: bool) -> None:
    turn = {**_told(), "conversation": conversation, "text": text}
    answered = client.post("/hub/turns", json=turn)
    if not (may_refuse and answered.status_code == 503):
        answered.raise_for_status()


def _say_to_rest(client: httpx.Client, conversation: str, text: str) -> None:
    """Rasa as it ships may say nothing where it knows no answer or an action failed."""
    turn = {"sender": conversation, "message": text, "metadata": _told()}
    client.post("/webhooks/rest/webhook", json=turn).raise_for_status()


def _told() -> dict[str, str]:
    """What the console's worker says of a turn, a new one each time."""
    return {"turn": str(uuid.uuid4()), "channel": "web", "locale": "fr"}
