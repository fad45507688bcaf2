"""Drafts: kept at each pause, one tab at a time, put away and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agent_console.calls_desk.models import Draft, DraftState
from agent_console.calls_desk.services import drafts_purge

from .calling import URL, answer_call, draft_of, form_of, page_of

pytestmark = pytest.mark.usefixtures("metropolis")


def _save(desk: Client, draft: Draft, version: int, **said: str) -> tuple[int, dict[str, object]]:
    address = f"{URL}brouillons/{draft.pk}/enregistrer/"
    response = desk.post(address, {"version": str(version), **said})
    return response.status_code, response.json()


def test_what_is_typed_is_there_after_a_reload(desk: Client) -> None:
    call = answer_call(desk)
    draft = draft_of(call)
    said = {
        "description": "Un trou",
        "category_code": "pothole",
        "answer_side": "even",
        "sms": "on",
    }
    assert _save(desk, draft, 0, **said, csrfmiddlewaretoken="x", attach="1") == (
        200,
        {"version": 1},
    )
    draft.refresh_from_db()
    assert draft.fields == {name: [value] for name, value in said.items()}
    page = desk.get(page_of(call)).text
    assert 'value="Un trou"' in page
    assert '<option value="pothole" selected>' in page
    assert '<option value="even" selected>' in page
    assert "Corrigez" not in page  # half a form is no fault
    start = desk.get(URL).text
    assert 'data-testid="draft"' in start
    assert "Un trou" in start


def test_a_save_whose_answer_was_lost_is_repeated_and_two_tabs_do_not_overwrite(
    desk: Client,
) -> None:
    draft = draft_of(answer_call(desk))
    assert _save(desk, draft, 0, description="Un") == (200, {"version": 1})
    assert _save(desk, draft, 0, description="Un") == (200, {"version": 1})
    status, refused = _save(desk, draft, 0, description="Deux")
    assert (status, refused["code"]) == (409, "draft_stale")
    assert _save(desk, draft, 1, description="Trois") == (200, {"version": 2})


def test_a_discarded_draft_can_be_taken_back(desk: Client) -> None:
    call = answer_call(desk)
    draft = draft_of(call)
    _save(desk, draft, 0, description="Un trou")
    page = desk.post(f"{URL}brouillons/{draft.pk}/abandonner/", follow=True).text
    assert "Rétablir" in page
    status, refused = _save(desk, draft, 1, description="Encore")
    assert (status, refused["code"]) == (410, "draft_closed")
    desk.post(f"{page_of(call)}autre/")  # an empty one makes room
    page = desk.post(f"{URL}brouillons/{draft.pk}/retablir/", follow=True).text
    assert 'value="Un trou"' in page
    assert draft_of(call) == draft


def test_a_sent_draft_holds_nothing_and_is_not_put_away(desk: Client) -> None:
    call = answer_call(desk)
    draft = draft_of(call)
    desk.post(page_of(call), form_of(call))
    draft.refresh_from_db()
    assert (draft.state, draft.fields) == (DraftState.SENT, {})
    desk.post(f"{URL}brouillons/{draft.pk}/abandonner/")
    desk.post(f"{URL}brouillons/{draft.pk}/retablir/")
    draft.refresh_from_db()
    assert draft.state == DraftState.SENT


def test_too_much_is_refused(desk: Client) -> None:
    draft = draft_of(answer_call(desk))
    much = {f"answer_{number}": "x" * 4000 for number in range(20)}
    status, refused = _save(desk, draft, 0, **much)
    assert (status, refused["code"]) == (410, "draft_too_long")


def test_old_drafts_go_and_young_ones_stay(desk: Client) -> None:
    draft = draft_of(answer_call(desk))
    _save(desk, draft, 0, description="Un trou")
    now = timezone.now()
    assert drafts_purge(now=now + timedelta(days=29)) == 0
    desk.post(f"{URL}brouillons/{draft.pk}/abandonner/")
    assert drafts_purge(now=now + timedelta(hours=23)) == 0
    assert drafts_purge(now=now + timedelta(hours=25)) == 1
