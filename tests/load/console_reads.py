"""Reading the console in this process: whole requests (routing, queries, rendering), timed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import django

from ops.processes import by_name

from .system import BenchSystem

READER = "mesure"


def configure(system: BenchSystem) -> None:
    """Django as the console's process has it, but in the owner's role."""
    os.environ.update(by_name(system.config, "console").environment(system.environment))
    os.environ.update(
        DATABASE_OWNER_URL=system.environment["DATABASE_OWNER_URL"],
        MDMP_DB_ROLE="owner",
        DJANGO_SETTINGS_MODULE="agent_console.config.settings",
        ALLOWED_HOSTS="testserver",
    )
    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver"]


def migrate_and_seed() -> None:
    """The database that is configured, with one member of staff who may read everything."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from agent_console.crews.models import CrewMember

    call_command("migrate", verbosity=0)
    call_command("seed_metropolis", verbosity=0)
    reader = User.objects.create_superuser(READER, password="une mesure")
    CrewMember.objects.create(user=reader, service_id="proprete")


def reader() -> Any:
    """A client that is signed in as ``READER`` and carries the actions' token."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    secret = settings.CONSOLE_API_TOKENS[0].secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(User.objects.get(username=READER))
    return client


def timed(client: Any, url: str, form: Mapping[str, str] | None = None) -> tuple[float, Any]:
    """Milliseconds of a GET (or of a POST of ``form``), and the answer, which must be good."""
    begin = time.perf_counter()
    answer = client.get(url) if form is None else client.post(url, form)
    took = (time.perf_counter() - begin) * 1000
    assert answer.status_code in (200, 204), f"{url}: {answer.status_code} {answer.content[:300]!r}"
    return took, answer


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    begin = time.monotonic()
    print(f"… {name}", flush=True)
    yield
    print(f"  {name}: {time.monotonic() - begin:.0f} s", flush=True)
