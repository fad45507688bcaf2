"""What ``make bench-channels`` measures: the whole system, and Rasa's REST channel beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from ops import startup, supervision, waiting
from ops.cli import stop
from ops.config import BOT_PYTHON, PLATFORM_PYTHON, ROOT, Config
from ops.processes import by_name, plan
from ops.progress import Progress

from .system import free_ports

_REST_READY_S = 240.0
# Sessions of widgets that have a conversation, as the console's own services make them.
_SESSIONS = """
import hashlib, json
from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import web_token_new
from agent_console.conversations.models import Conversation, Message
tokens = [web_token_new() for _ in range({count})]
contacts = ContactPoint.objects.bulk_create(
    ContactPoint(kind="web", key_digest=hashlib.sha256(token.encode()).digest())
    for token in tokens
)
conversations = Conversation.objects.bulk_create(
    Conversation(contact_point=contact, channel="web", last_seq=1) for contact in contacts
)
Message.objects.bulk_create(
    Message(conversation=one, seq=1, author="bot", channel="web", external_id=f"bench:{{one.id}}",
            text="Bonjour")
    for one in conversations
)
print(json.dumps(tokens))
"""


@dataclass(frozen=True)
class ChannelsSystem:
    """A running system; ``rasa_port``: where a bare turn of Rasa is asked for.

    ``rest``: the process that answers there, when it is none of the system's own.
    """

    config: Config
    environment: Mapping[str, str]
    rasa_port: int
    rest: subprocess.Popen[bytes] | None = None

    @property
    def console_port(self) -> int:
        return self.config.ports["PORT"]

    @property
    def carrier_port(self) -> int:
        return int(self.environment["TWILIO_API_BASE_URL"].rpartition(":")[2])

    def stop_rest(self) -> None:
        """End what Rasa's REST channel is still working on, whether or not anybody waits for it."""
        if self.rest is not None:
            self.rest.kill()
            self.rest.wait()

    def sessions(self, count: int) -> list[str]:
        """Tokens of that many visitors who have a conversation of one message."""
        found: list[str] = json.loads(self._in_console(_SESSIONS.format(count=count)))
        return found

    def console_bytes(self) -> int:
        """Memory that the console's processes have to themselves."""
        states = supervision.Supervisor(self.config).states()
        process = psutil.Process(int(states["console"]["pid"]))
        family = [process, *process.children(recursive=True)]
        return sum(one.memory_full_info().uss for one in family)

    def restart_console(self) -> None:
        """A console that remembers nothing of what was measured before."""
        supervisor = supervision.Supervisor(self.config)
        supervisor.stop("console")
        supervisor.start("console", wait=False)
        waiting.until(
            lambda: not waiting.missing_parts(self.environment["CONSOLE_URL"]),
            what="the console",
            timeout_s=120,
        )

    def _in_console(self, code: str) -> str:
        done = subprocess.run(
            [
                str(PLATFORM_PYTHON),
                *("-m", "agent_console.manage", "shell", "--no-imports", "-c", code),
            ],
            cwd=ROOT,
            env=by_name(self.config, "console").environment(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]


@contextmanager
def whole_system(data_dir: Path, *, with_rest: bool = True) -> Iterator[ChannelsSystem]:
    """Everything that ``make run`` starts, Twilio switched on, and a Rasa that serves REST.

    All is stopped and deleted but the logs and the trained model, which the next run finds again.
    """
    _emptied(data_dir)
    ports = free_ports(("CARRIER", "REST"))
    carrier, rest = int(ports.pop("CARRIER")), int(ports.pop("REST"))
    given = {
        "DATA_DIR": str(data_dir),
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{carrier}",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "2",
        "TWILIO_AUTH_TOKEN": os.urandom(16).hex(),
        "TWILIO_SMS_FROM": "+33937000001",
        "TWILIO_VOICE_FROM": "+33491000001",
        "HELP_DESK_HOURS": "0-24",
    }
    config = Config.from_environ(given | ports)
    environment = startup.prepare(config)
    settings = supervision.write_settings(config, plan(config))
    supervision.launch(config, settings, attached=True)
    supervisor = supervision.Supervisor(config)
    try:
        waiting.until(supervisor.alive, what="supervisord", timeout_s=20)
        progress = Progress(startup.TOTAL_STEPS)
        startup.start_engines(config, supervisor, progress)
        startup.start_services(config, supervisor, progress, environment)
        with _rest(config, environment, rest) if with_rest else nullcontext() as process:
            yield ChannelsSystem(config, {**given, **environment}, rest, process)
    finally:
        stop(config, quiet=True)
        _emptied(data_dir, but=("models", "log"))


@contextmanager
def _rest(
    config: Config, environment: Mapping[str, str], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    log = (config.log_dir / "rest.log").open("wb")
    process = subprocess.Popen(
        [str(BOT_PYTHON), "-m", "bot.bench.rest_server"],
        cwd=ROOT,
        env=by_name(config, "rasa").environment(environment) | {"RASA_PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    try:
        waiting.until(
            lambda: waiting.port_open(port), what="Rasa's REST channel", timeout_s=_REST_READY_S
        )
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def _emptied(data_dir: Path, *, but: Sequence[str] = ("models",)) -> None:
    if data_dir.is_dir():
        for path in data_dir.iterdir():
            if path.name in but:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
