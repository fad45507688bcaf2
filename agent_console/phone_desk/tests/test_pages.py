"""Operators' and supervisors' pages: who waits, what was said, one step at a time, who did it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.calls.callbacks import CallBackWish, call_back_request
from agent_console.calls.calling import call_open, call_queue
from agent_console.calls.desk import desk_phone
from agent_console.calls.models import Announcement, Call, CallBack, CallBackReason
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_at
from agent_console.conversations.receiving import receive_message
from agent_console.staff.models import Act, AuditEntry
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
HOME = "/console/calls/"
Page = Callable[..., Any]


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("camille", "calls.take_calls", "conversations.view_conversation")


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def waiting() -> Call:
    """Somebody who said something, then asked for a person."""
    point = contact_at(kind=ChannelCode.VOICE, address="0612345678")
    call = call_open(provider_id="CA" + uuid.uuid4().hex, contact_point=point)
    receive_message(contact_point=point, external_id="t:1", text="Un lampadaire est tombé")
    return call_queue(call_id=call.pk)


@pytest.fixture
def call_back(waiting: Call) -> CallBack:
    return call_back_request(
        request_key="test:1",
        wish=CallBackWish(
            channel="voice", reason=CallBackReason.CLOSED, conversation=waiting.conversation
        ),
    )


def jobs(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name).count()


def test_an_operator_takes_a_call_and_reads_what_was_said(
    desk: Client, operator: User, waiting: Call
) -> None:
    take = f"{HOME}{waiting.pk}/take/"
    page = desk.get(HOME).text
    assert 'data-testid="waiting-call"' in page
    assert "Sans numéro de poste" in page
    assert "votre poste" in desk.post(take, follow=True).text  # refused: no telephone yet
    wrong = desk.post(f"{HOME}phone/", {"number": "12"})
    assert wrong.status_code == 422
    assert "n’existe pas" in wrong.text
    desk.post(f"{HOME}phone/", {"number": "04 91 99 00 01"})
    assert desk_phone(user_id=operator.pk) == "+33491990001"
    popped = desk.post(take, follow=True)
    assert "Un lampadaire est tombé" in popped.text
    assert "va sonner" in popped.text
    waiting.refresh_from_db()
    assert (waiting.state, waiting.taken_by) == ("ringing", operator)
    assert jobs("calls.settle") == 1
    assert "sonne" in desk.get(f"{HOME}parts/lists/").text
    assert "Votre poste sonne" in desk.get(f"{HOME}{waiting.pk}/state/").text


def test_a_call_back_is_claimed_called_done_and_undone(
    desk: Client, operator: User, call_back: CallBack
) -> None:
    there = f"{HOME}callbacks/{call_back.pk}/"
    assert "06 •• •• •• 78" in desk.get(there).text
    assert "06 12 34 56 78" not in desk.get(there).text
    assert "06 12 34 56 78" in desk.post(f"{there}number/").text
    looks = AuditEntry.objects.filter(subject=call_back.pk).values_list("act", flat=True)
    assert list(looks) == [Act.NUMBER, Act.CALL]
    assert "le numéro de votre poste" in desk.post(f"{there}dial/", follow=True).text
    desk.post(f"{HOME}phone/", {"number": "0491990001"})
    desk.post(f"{there}dial/")
    assert jobs("calls.call_back") == 1
    for name, state in [
        ("done", "done"), ("reopen", "waiting"), ("claim", "claimed"), ("release", "waiting"),
        ("claim", "claimed"), ("unreached", "unreached"),
    ]:  # fmt: skip
        desk.post(f"{there}{name}/")
        call_back.refresh_from_db()
        assert call_back.state == state, name
    late = desk.post(f"{there}done/", follow=True)
    assert "Ce n’est plus possible" in late.text
    assert "Derniers rappels terminés" in desk.get(HOME).text
    assert "Remis dans la liste" in desk.get(f"{there}state/").text
    assert desk.post(f"{there}explode/").status_code == 404
    assert desk.get(f"{HOME}callbacks/{uuid.uuid4()}/").status_code == 404
    assert desk.get(f"{HOME}{uuid.uuid4()}/").status_code == 404


def test_supervisors_change_what_callers_hear_and_the_history_names_them(
    client: Client, make_user: Callable[..., User]
) -> None:
    boss = make_user("nadia", "calls.change_announcements")
    client.force_login(boss)
    there = f"{HOME}announcements/"
    assert "Aucune annonce" in client.get(there).text
    bad = client.post(there, {"kind": "storm", "text": "Voir https://a.fr"})
    assert bad.status_code == 422
    assert "sans adresse web" in bad.text
    form = {"kind": "strike", "text": "Grève  ce jour.", "closes_desk": "on"}
    page = client.post(there, form, follow=True).text
    assert "Grève ce jour." in page
    made = Announcement.objects.get()
    assert (made.started_by, made.closes_desk) == (boss, True)
    assert "Aucun conseiller ne leur est passé" in client.get(HOME).text
    for _ in "12":
        page = client.post(f"{there}{made.pk}/end/", follow=True).text
    made.refresh_from_db()
    assert made.ended_by == boss
    assert page.count("nadia") >= 2  # who began and who ended it
    assert "Aucune annonce" in page


def test_others_see_nothing(client: Client, make_user: Callable[..., User], waiting: Call) -> None:
    paths = [HOME, f"{HOME}parts/lists/", f"{HOME}{waiting.pk}/", f"{HOME}announcements/"]
    client.force_login(make_user("autre", "conversations.view_conversation"))
    assert [client.get(path).status_code for path in paths] == [403] * 4
    client.force_login(make_user("operateur", "calls.take_calls"))
    assert client.get(f"{HOME}announcements/").status_code == 403
    assert "lampadaire" not in client.get(f"{HOME}{waiting.pk}/").text  # may not read conversations


def test_the_pages_break_no_accessibility_rule_and_fit_a_telephone(
    desk: Client, operator: User, waiting: Call, call_back: CallBack, make_user: Any
) -> None:
    Call.objects.create(
        provider_id="CA1",
        conversation=waiting.conversation,
        from_seq=0,
        heard_seq=0,
        state="ended",
        is_half_made=True,
        ended_at=timezone.now(),
    )
    paths = [HOME, f"{HOME}{waiting.pk}/", f"{HOME}callbacks/{call_back.pk}/"]
    pages = {path: _rendered(desk.get(path)) for path in paths}
    desk.force_login(make_user("nadia", "calls.change_announcements"))
    pages[f"{HOME}announcements/"] = _rendered(desk.get(f"{HOME}announcements/"))
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 700})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            overflow = "document.documentElement.scrollWidth - innerWidth"
            assert page.evaluate(overflow) <= 0, path


def _rendered(response: Any) -> RenderedPage:
    assert response.status_code == 200
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])
