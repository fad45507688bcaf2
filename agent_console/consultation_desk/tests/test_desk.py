"""Supervisors' screens: a question's life, who may do what, and what Chromium says of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from agent_console.citizens.models import Resident
from agent_console.consultations.counting import ballots_count
from agent_console.consultations.models import Consultation, Proposal, ProposalState
from agent_console.consultations.proposals import proposal_submit
from agent_console.consultations.workflow import State
from agent_console.places.services import communes_load
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
DESK = "/console/consultations/"


@pytest.fixture
def desk(
    client: Client, make_user: Callable[..., User], settings: Settings, tmp_path: Path
) -> Client:
    """A supervisor's session."""
    settings.URN_FOLDER = str(tmp_path / "urns")
    communes_load()
    client.force_login(
        make_user("nadia", "consultations.manage_consultations", "consultations.moderate_proposals")
    )
    return client


def _filled(**changed: str) -> dict[str, str]:
    now = timezone.localtime()
    return {
        "title_fr": "Bancs publics",
        "title_en": "Benches",
        "question_fr": "Faut-il des bancs ?",
        "question_en": "Should there be benches?",
        "text_fr": "Sur la place.",
        "text_en": "On the square.",
        "choices": "Oui | Yes\nNon | No",
        "starts_at": (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
        "communes": "13001",
        "accepts_proposals": "on",
        **changed,
    }


def _step(desk: Client, consultation: Consultation, action: str, **more: str) -> int:
    answer = desk.post(f"{DESK}{consultation.pk}/step/", {"action": action, **more})
    consultation.refresh_from_db()
    return answer.status_code


def _drafted(desk: Client) -> Consultation:
    assert desk.post(f"{DESK}add/", _filled()).status_code == 302
    return Consultation.objects.get()


def test_from_draft_to_published_with_who_did_what(desk: Client) -> None:
    consultation = _drafted(desk)
    assert desk.get(f"/consultations/{consultation.pk}/").status_code == 404
    edited = desk.post(f"{DESK}{consultation.pk}/edit/", _filled(title_fr="Des bancs"))
    assert edited.status_code == 302
    assert _step(desk, consultation, "publish") == 409
    assert _step(desk, consultation, "open") == 302
    assert desk.get(f"/consultations/{consultation.pk}/").status_code == 200
    assert desk.get(f"{DESK}{consultation.pk}/edit/").status_code == 302  # frozen
    assert _step(desk, consultation, "take_back") == 302
    assert _step(desk, consultation, "open") == 302
    assert _step(desk, consultation, "close", reason=" ") == 409
    assert _step(desk, consultation, "close", reason="Erreur de date") == 302
    assert _step(desk, consultation, "publish") == 409  # not counted yet
    ballots_count(consultation_id=consultation.pk)
    assert _step(desk, consultation, "publish") == 302
    assert consultation.state == State.PUBLISHED
    shown = desk.get(f"{DESK}{consultation.pk}/").text
    assert shown.count("par nadia") == consultation.steps.count() == 7
    assert "Erreur de date" in desk.get(f"/consultations/{consultation.pk}/resultats/").text


@pytest.mark.parametrize(
    "changed",
    [
        {"choices": "Oui | Yes"},
        {"choices": "Oui\nNon"},
        {"ends_at": "2020-01-01T10:00"},
        {"title_en": ""},
        {"communes": "75056"},
    ],
)
def test_what_is_written_wrong_is_said_and_nothing_kept(
    desk: Client, changed: dict[str, str]
) -> None:
    answer = desk.post(f"{DESK}add/", _filled(**changed))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not Consultation.objects.exists()


def test_what_is_over_is_not_opened(desk: Client) -> None:
    past = _filled(starts_at="2020-01-01T10:00", ends_at="2020-01-02T10:00")
    desk.post(f"{DESK}add/", past)
    assert _step(desk, Consultation.objects.get(), "open") == 409


def test_pages_ask_for_their_permission(
    desk: Client, client: Client, make_user: Callable[..., User]
) -> None:
    consultation = _drafted(desk)
    client.force_login(make_user("camille", "reports.view_report"))
    paths = ("", "add/", "proposals/", f"{consultation.pk}/", f"{consultation.pk}/edit/")
    for path in paths:
        assert client.get(f"{DESK}{path}").status_code == 403
    assert _step(client, consultation, "open") == 403
    client.force_login(make_user("lea", "consultations.moderate_proposals"))
    assert client.get(f"{DESK}proposals/").status_code == 200
    assert client.get(f"{DESK}{consultation.pk}/").status_code == 403


def test_the_screens_are_accessible_and_fit_a_phone(desk: Client) -> None:
    consultation = _drafted(desk)
    rendered: dict[str, RenderedPage] = {}

    def keep(name: str, path: str, sent: dict[str, str] | None = None) -> None:
        address = f"{DESK}{path}"
        answer = desk.post(address, sent) if sent is not None else desk.get(address)
        rendered[name] = RenderedPage(answer.text, answer.headers["Content-Security-Policy"])

    keep("/home", "")
    keep("/edit", f"{consultation.pk}/edit/")
    keep("/wrong", "add/", {})
    keep("/draft", f"{consultation.pk}/")
    _step(desk, consultation, "open")
    keep("/open", f"{consultation.pk}/")
    keep("/refused", f"{consultation.pk}/step/", {"action": "close", "reason": ""})
    for text in ("Des bancs", "Des arbres"):
        proposal_submit(
            consultation_id=consultation.pk,
            resident_id=Resident.objects.create().pk,
            text=text,
            insee="13001",
        )
    Proposal.objects.update(state=ProposalState.WAITING)
    proposal = Proposal.objects.first()
    assert proposal is not None
    decided = desk.post(f"{DESK}proposals/{proposal.pk}/", {"decision": "accept"})
    assert decided.status_code == 302
    keep("/proposals", "proposals/")
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, rendered)
        page = context.new_page()
        for path in rendered:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
