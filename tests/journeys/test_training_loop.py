"""The assistant learns what it missed: from a containment that falls to a sentence understood.

Two supervisors in the browser, the export as their technician uses it, the real pipeline trained on
all lines.  The sentences are in a dialect that no training line knows.
"""

import datetime as dt
import hashlib
import random
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chat import ChatClient
from tests.support.console_shell import run_in_console
from tests.support.retraining import TrainingCopy
from tests.support.staff_page import signed_in, staff_page
from tests.support.system import System, eventually

_CORRECTED, _PLACE = "Caguades embouconnées Rascouè", "Rascouè"
_DIALECT = (
    _CORRECTED,
    "Rababéous espatarrés",
    "Pacoulin engatse pastissade",
    "Oursinade pistachié",
    "Cafoutche ensuqué",
    "Mastégué testard",
    "Tarpin pègue",
    "Esquiché pitchoune",
    "Pénéquet sian",
    "Cascaïre pétouléou",
    "Zou bonnarel",
    "Roumégaïre",
    "Mouligasse pébron",
)
_TEN = 10
_ANSWERED = "Dans quelle poubelle va un pot de yaourt ?"
# A contact ends after a day of silence: its past is made here, everything else happens.
_EARLIER = """
UPDATE conversations_message m SET created_at = m.created_at - make_interval(days => %s)
FROM conversations_conversation c JOIN citizens_contactpoint p ON p.id = c.contact_point_id
WHERE m.conversation_id = c.id AND p.key_digest = ANY(%s)
"""
_TALK_OF = """
SELECT c.id FROM conversations_conversation c
JOIN citizens_contactpoint p ON p.id = c.contact_point_id WHERE p.key_digest = %s
"""
_COLLEAGUE = """
from django.contrib.auth.models import Group, User
from procrastinate.contrib.django import app
user, _ = User.objects.get_or_create(username="relectrice", first_name="Inès")
user.set_password({password!r})
user.save()
user.groups.add(Group.objects.get(name="Superviseurs"))
app.configure_task("analytics.update").defer(timestamp=0)
"""
_MONTHS = ("janvier", "mars", "avril", "mai", "juin", "juillet", "septembre", "octobre")


@pytest.fixture
def password() -> str:
    return secrets.token_urlsafe(16)


# All lines, the whole pipeline: six to eight minutes, more on a machine that does more.
@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_missed_sentence_is_corrected_exported_and_understood_after_training(
    system: System, browser: Browser, password: str, images: Path, tmp_path: Path
) -> None:
    missed = _not_understood(system)
    _happened(system, [_ANSWERED] * 4, days_ago=26)
    _happened(system, missed, days_ago=19)
    run_in_console(system, _COLLEAGUE.format(password=password))
    today = dt.datetime.now(dt.UTC).date()
    first, last = today - dt.timedelta(days=22), today - dt.timedelta(days=16)
    overview = "/console/analyses/?" + urlencode({"du": first, "au": last})

    author = staff_page(browser, system, "superviseur", "DEMO_SUPERVISOR_PASSWORD")
    fallen = author.get_by_role("region", name="Traités par l’assistant seul").get_by_role(
        "row", name="Autre issue"
    )
    eventually(
        lambda: (author.goto(overview), fallen.inner_text() if fallen.count() else "")[1],
        lambda row: "+100,0" in row,
        what="the contacts are counted",
    )
    fallen.get_by_role("link").click()
    author.get_by_role("link", name="10 phrases non ou mal comprises").click()
    sentences = author.get_by_role("region", name="Phrases").get_by_role("listitem")
    expect(sentences).to_have_count(_TEN)
    for said in missed:
        expect(sentences.filter(has_text=said)).to_have_count(1)
    author.screenshot(path=images / "training-sentences.png", full_page=True)

    sentences.filter(has_text=_CORRECTED).get_by_role("link", name="Corriger").click()
    expect(author.get_by_text("Rien d’assez sûr")).to_be_visible()
    address = _propose(author, "report_issue", category="dirty_street", place=_PLACE)
    author.screenshot(path=images / "training-correction.png", full_page=True)
    expect(author.get_by_role("button", name="Accepter")).to_have_count(0)
    _accept(browser, system, password, address)

    training = TrainingCopy(tmp_path / "project", data_dir=system.config.data_dir)
    training.add(_exported(author, tmp_path), name="corrections_of_supervisors.yml")
    with ThreadPoolExecutor() as both:  # one after the other is half a minute more
        validation = both.submit(training.validate)
        training.train()
    warnings = validation.result()
    assert _CORRECTED not in warnings
    assert "corrections_of_supervisors" not in warnings
    found = training.ask(_CORRECTED)
    assert found["intent"]["name"] == "report_issue"
    assert found["category"]["name"] == "dirty_street"
    assert ["place", _PLACE] in found["entities"]


def test_a_sentence_that_was_understood_wrongly_is_marked_in_its_conversation(
    system: System, browser: Browser, password: str
) -> None:
    """What the assistant was sure of only shows in the talk; from there it is the same way."""
    day = f"{random.randint(2, 28)} {random.choice(_MONTHS)}"  # noqa: S311
    (citizen,) = _said(system, [f"merci à M. Durand, à bientôt, le {day}"])
    run_in_console(system, _COLLEAGUE.format(password=password))

    author = staff_page(browser, system, "superviseur", "DEMO_SUPERVISOR_PASSWORD")
    author.goto(f"/console/conversations/{_talk_of(system, citizen)}/")
    author.get_by_role("button", name="Mal comprise").click()
    ready = author.get_by_role("heading", name="Corriger une phrase")
    eventually(lambda: (author.reload(), ready.count())[1], bool, what="the sentence is masked")
    expect(author.get_by_text("Signalée mal comprise")).to_be_visible()
    expect(author.locator("main")).to_contain_text("merci à M. [personne], à bientôt")
    understood = author.get_by_role("definition").nth(1).inner_text().partition(",")[0]
    address = _propose(author, "goodbye")
    _accept(browser, system, password, address)

    author.goto("/console/entrainement/confusions/")
    cell = author.get_by_role("link", name=f"Prendre congé, compris : {understood}")
    cell.click()
    expect(author.get_by_test_id("correction").filter(has_text=f"le {day}")).to_have_count(1)


def _not_understood(system: System) -> list[str]:
    """Ten of the dialect's sentences that the running assistant asks about, the corrected first."""
    asked = [
        text
        for text in _DIALECT
        if httpx.post(
            f"{system.environment['RASA_URL']}/hub/parse",
            json={"text": text},
            headers={"Authorization": f"Bearer {system.environment['RASA_TOKEN']}"},
            timeout=40,
        ).json()["intent"]["name"]
        == "nlu_fallback"
    ]
    assert asked[0] == _CORRECTED
    assert len(asked) >= _TEN
    return asked[:_TEN]


def _said(system: System, texts: Sequence[str]) -> list[bytes]:
    """Each by somebody of their own, all at once, and answered; whom the console knows them by."""
    people = [ChatClient(system.chat_url, system.console_url) for _ in texts]
    for client, text in zip(people, texts, strict=True):
        client.say(text)
    for client in people:
        client.await_message(lambda m: m["author"] == "bot")
        client.close()
    return [hashlib.sha256(str(client.session).encode()).digest() for client in people]


def _happened(system: System, texts: Sequence[str], *, days_ago: int) -> None:
    """Said and answered, that many days ago."""
    people = _said(system, texts)
    with psycopg.connect(system.environment["DATABASE_URL"]) as connection:
        moved = connection.execute(_EARLIER, [days_ago, people]).rowcount
    assert moved >= 2 * len(texts)


def _talk_of(system: System, person: bytes) -> str:
    with psycopg.connect(system.environment["DATABASE_URL"]) as connection:
        row = connection.execute(_TALK_OF, [person]).fetchone()
    assert row
    return str(row[0])


def _propose(page: Page, intent: str, *, category: str = "", place: str = "") -> str:
    """Say what the sentence means, look at it, propose it; the address of the correction."""
    page.get_by_label("Ce que la personne voulait").select_option(intent)
    page.get_by_label("Catégorie du signalement").select_option(category)
    page.get_by_label("Lieu", exact=True).fill(place)
    page.get_by_role("button", name="Vérifier").click()
    preview = page.get_by_test_id("preview")
    if place:
        expect(preview.locator("code")).to_contain_text(f"[{place}](place)")
    preview.get_by_role("button", name="Proposer").click()
    expect(page.get_by_text("La correction est proposée.")).to_be_visible()
    return page.url


def _accept(browser: Browser, system: System, password: str, address: str) -> None:
    """By somebody else."""
    reviewer = signed_in(browser, system, "relectrice", password)
    reviewer.goto(address)
    reviewer.get_by_role("button", name="Accepter").click()
    expect(reviewer.get_by_text("La correction est acceptée.")).to_be_visible()
    reviewer.context.close()


def _exported(page: Page, folder: Path) -> Path:
    """The file of a new export, as the browser keeps it."""
    page.goto("/console/entrainement/exports/")
    page.get_by_role("button", name="Exporter").click()
    expect(page.get_by_text("est prêt")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Télécharger").first.click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    assert f"[{_PLACE}](place)" in file.read_text(encoding="utf-8")
    return file
