"""Phones, a browser of a resident, and an OpenID provider of its own process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from agent_console.citizens.models import OneTimeCode
from agent_console.citizens.tests.conftest import Phones, mobile, phones  # noqa: F401

REDIRECT = "/mon-espace/openid/retour/"


class Browser(Client):
    """A resident's browser."""

    def ask(self, number: str) -> None:
        answer = self.post("/mon-espace/connexion/", {"phone": number})
        assert (answer.status_code, answer["Location"]) == (302, "/mon-espace/connexion/code/")

    def sign_in(self, number: str, theirs: Phones) -> str:
        """The address after the code."""
        self.ask(number)
        code = theirs.code_of(OneTimeCode.objects.latest("created_at").pk)
        answer = self.post("/mon-espace/connexion/code/", {"code": code})
        assert answer.status_code == 302
        return str(answer["Location"])


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The issuer of a running provider."""
    node = Path(sys.executable).with_name("node")
    script = Path(__file__).with_name("provider.mjs")
    process = subprocess.Popen(
        [node, script, f"{django_settings.PUBLIC_BASE_URL}{REDIRECT}"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # `node` is a script that starts the real one: both are ended
    )
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("http://127.0.0.1:")
        yield issuer
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)
