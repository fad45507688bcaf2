"""An operator's first days with a required second factor, in Chromium and a running console."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp import models as otp_models
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from service_kit.browser import headless, violations

from .test_second_factor import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
INBOX = re.compile(r"/console/$")


class Clock:
    """What the console and the phone take for the time; it stands until the test moves it."""

    def __init__(self) -> None:
        self.now = time.time()

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(otp_models, "time", stopped)
    return stopped


@pytest.fixture
def context(
    live_server: Any, make_user: Callable[..., User], settings: Settings
) -> Iterator[BrowserContext]:
    """A browser, and an operator who was given a password."""
    settings.STAFF_SECOND_FACTOR = "required"
    make_user("operatrice", "reports.view_report", "conversations.answer_conversation")
    with headless() as browser:
        yield browser.new_context(base_url=live_server.url, locale="fr-FR")


class Operator:
    """What she does at her screen, and which pages were looked at on the way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.looked_at: set[str] = set()

    def looks(self, heading: str) -> None:
        """The page with this heading is there, and breaks no rule."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        assert violations(self.page) == []
        self.looked_at.add(heading)

    def gives_password(self) -> None:
        self.page.goto("/console/login/")
        self.looks("Connexion des agents")
        self.page.get_by_label("Identifiant").fill("operatrice")
        self.page.get_by_label("Mot de passe").fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()

    def gives_code(self, code: str, button: str = "Continuer") -> None:
        self.page.get_by_role("textbox", name="Code").fill(code)
        self.page.get_by_role("button", name=button).click()

    def reaches_inbox(self) -> None:
        expect(self.page).to_have_url(INBOX)
        expect(self.page.get_by_role("link", name="Boîte de réception")).to_be_visible()

    def counts_codes(self, left: int) -> None:
        self.page.get_by_role("link", name="Mon second facteur").click()
        expect(self.page.get_by_role("strong")).to_have_text(f"{left} codes de secours")
        self.looks("Mon second facteur")

    def signs_out(self) -> None:
        self.page.get_by_role("button", name="Se déconnecter").click()
        self.looks("Connexion des agents")
        assert not self.is_let_in()

    def is_let_in(self) -> bool:
        """Whether the inbox opens with the cookies that this browser has now."""
        answer = self.page.request.get("/console/", max_redirects=0)
        assert answer.status in (200, 302)
        return answer.status == 200


def shown_by(phone: bytes, clock: Clock) -> str:
    """The six digits that the phone shows now."""
    shows = TOTP(phone)
    shows.time = clock.now
    return f"{shows.token():06}"


def test_enrols_then_signs_in_by_code_and_once_by_a_recovery_code(
    context: BrowserContext, clock: Clock
) -> None:
    page = context.new_page()
    operator = Operator(page)

    operator.gives_password()
    operator.looks("Activer le second facteur")
    expect(page.get_by_role("img", name="Code QR à scanner")).to_be_visible()
    assert not operator.is_let_in()
    page.get_by_text("Je ne peux pas scanner").click()
    secret = page.get_by_test_id("secret")
    expect(secret).to_be_visible()
    typed = secret.inner_text()
    operator.gives_code("", button="Activer")
    expect(page.get_by_role("alert")).to_have_text("Saisissez le code.")
    operator.looks("Activer le second facteur")
    assert secret.text_content() == typed
    phone = b32decode(typed.replace(" ", ""))
    operator.gives_code(shown_by(phone, clock), button="Activer")
    operator.looks("Vos codes de secours")
    codes = page.get_by_test_id("recovery-codes").get_by_role("listitem").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("link", name="Je les ai notés, continuer").click()
    operator.reaches_inbox()
    operator.signs_out()

    clock.now += 30
    operator.gives_password()
    operator.looks("Code de connexion")
    assert not operator.is_let_in()
    operator.gives_code(shown_by(phone, clock))
    operator.reaches_inbox()
    operator.counts_codes(10)
    operator.signs_out()

    operator.gives_password()
    operator.gives_code(f"{codes[0][:4].upper()} {codes[0][4:]}")
    operator.reaches_inbox()
    operator.counts_codes(9)
    operator.signs_out()

    operator.gives_password()
    operator.gives_code(codes[0])
    expect(page.get_by_role("alert")).to_contain_text("il a déjà servi")
    operator.looks("Code de connexion")
    assert not operator.is_let_in()
    assert len(operator.looked_at) == 5
