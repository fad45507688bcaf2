"""What ``make bench-console`` measures: console and worker, agents signed in, people waiting."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import supervision, waiting
from ops.config import ROOT
from ops.processes import by_name
from tests.support.system import System

from .console_reads import configure, migrate_and_seed, step
from .system import BenchSystem, engines, free_ports
from .texters import Texters

_READY_S = 120.0


@dataclass(frozen=True)
class People:
    """``consoles``: cookies of signed-in agents; ``widgets``: tokens of people who wait for one.

    ``texters`` of them have a number instead of a widget.
    """

    consoles: list[str]
    widgets: list[str]
    texters: Texters
    texter_count: int


@dataclass(frozen=True)
class ConsoleSystem:
    """PostgreSQL, Valkey, console and worker as ``ops`` runs them; no dialogue engine."""

    bench: BenchSystem
    people: People

    @property
    def url(self) -> str:
        return self.bench.environment["CONSOLE_URL"]

    @property
    def port(self) -> int:
        return self.bench.config.ports["PORT"]

    def kill(self, name: str) -> None:
        """As a power cut would; the supervisor starts it anew."""
        System(self.bench.config, dict(self.bench.environment)).kill(name)

    def row(self) -> dict[str, object]:
        """A row of the list, as sockets carry it."""
        from agent_console.conversations.desk.selectors import DeskFilter, desk_list
        from agent_console.intake.rows import rendered

        return rendered(desk_list(wanted=DeskFilter(), limit=1))[0].frame()

    @contextmanager
    def naive(self) -> Iterator[str]:
        """A console that passes on each message to each page, at the address that is given."""
        port = free_ports(("NAIVE",))["NAIVE"]
        console = by_name(self.bench.config, "console")
        command = console.command(self.bench.config, self.bench.environment)
        command[command.index("agent_console.config.asgi:application")] = (
            "tests.load.console_naive:application"
        )
        command[command.index("--port") + 1] = port
        log = supervision.log_file(self.bench.config, "naive").open("wb")
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=console.environment(self.bench.environment),
            stdout=log,
            stderr=log,
        )
        try:
            _until_served(int(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()
            log.close()


@contextmanager
def console_system(
    data_dir: Path, *, reports: int, consoles: int, widgets: int, texters: int
) -> Iterator[ConsoleSystem]:
    """All of it, over the simulated year of ``reports`` reports; it is stopped and deleted."""
    carrier = free_ports(("CARRIER",))["CARRIER"]
    given = {
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{carrier}",  # nobody answers anybody here
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "3",
        "TWILIO_AUTH_TOKEN": os.urandom(16).hex(),
        "TWILIO_SMS_FROM": "+33937000001",
    }
    with engines(data_dir, given) as bench:
        configure(bench)
        with step("database"):
            migrate_and_seed()
        with step(f"a year of {reports} reports"):
            from django.core.management import call_command

            call_command("simulate", reports=reports, seed=1)
        with step("people"):
            people = _people(bench, consoles=consoles, widgets=widgets, texters=texters)
        with bench.superuser("mdmp_console") as connection:
            connection.execute("VACUUM (ANALYZE)")
        with step("console and worker"):
            for name in ("console", "worker"):
                bench.supervisor.start(name, wait=False)
            _until_served(bench.config.ports["PORT"])
        yield ConsoleSystem(bench, people)


def _until_served(port: int) -> None:
    waiting.until(lambda: waiting.port_open(port), what=f"port {port}", timeout_s=_READY_S)


def _people(bench: BenchSystem, *, consoles: int, widgets: int, texters: int) -> People:
    from agent_console.citizens.models import ChannelCode, ContactPoint
    from agent_console.citizens.services import contact_at, web_token_new

    tokens = [web_token_new() for _ in range(widgets)]
    contacts = ContactPoint.objects.bulk_create(
        ContactPoint(kind=ChannelCode.WEB, key_digest=hashlib.sha256(token.encode()).digest())
        for token in tokens
    )
    senders = Texters(bench.environment, first=0)
    for index in range(texters):
        contacts.append(contact_at(kind=ChannelCode.SMS, address=senders.phone(index)))
    _wait_for_somebody(contacts)
    return People(_cookies(consoles), tokens, senders, texters)


def _wait_for_somebody(contacts: list[Any]) -> None:
    """Conversations that an agent answers: nobody's turn is the assistant's."""
    from django.utils import timezone

    from agent_console.conversations.models import Author, Conversation, Handler, Message

    now = timezone.now()
    conversations = Conversation.objects.bulk_create(
        Conversation(
            contact_point=contact,
            channel=contact.kind,
            handler=Handler.AGENT,
            last_seq=1,
            last_message_at=now,
            waiting_since=now,
        )
        for contact in contacts
    )
    Message.objects.bulk_create(
        Message(
            conversation=one,
            seq=1,
            author=Author.CITIZEN,
            channel=one.channel,
            external_id=f"bench:{one.id}",
            text="Je voudrais parler à quelqu’un",
        )
        for one in conversations
    )


def _cookies(count: int) -> list[str]:
    """Sessions of that many agents who may read conversations."""
    from django.conf import settings
    from django.contrib.auth.models import Group, Permission, User
    from django.test import Client

    readers = Group.objects.create(name=f"mesure {time.time_ns()}")
    readers.permissions.set(Permission.objects.filter(codename="view_conversation"))
    found = []
    for number in range(count):
        user = User.objects.create_user(f"mesure-{number}")
        user.groups.add(readers)
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        found.append(f"{settings.SESSION_COOKIE_NAME}={session}")
    return found
