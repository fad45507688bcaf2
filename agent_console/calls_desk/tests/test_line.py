"""A telephone call that was answered is noted once, with its number and its own clocks."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.calls.calling import call_open, call_queue, call_take
from agent_console.calls.desk import desk_phone_set
from agent_console.calls.ending import call_end
from agent_console.calls.legs import leg_answered
from agent_console.calls.models import Call as Line
from agent_console.calls_desk.models import Call, NumberKind
from agent_console.calls_desk.selectors import calls_of
from agent_console.calls_desk.services import calls_forget
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_at, contact_of_call

from .calling import URL
from .conftest import AGENT, E164

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    user = make_user("ligne", *AGENT, "calls.take_calls")
    desk_phone_set(user=user, number="04 91 99 00 01")
    return user


def talk_with(operator: User, *, number: str) -> Line:
    """Somebody is in the room with the operator; without a number it is withheld."""
    sid = "CA" + uuid.uuid4().hex
    point = (
        contact_at(kind=ChannelCode.VOICE, address=number) if number else contact_of_call(call=sid)
    )
    call = call_queue(call_id=call_open(provider_id=sid, contact_point=point).pk)
    call = call_take(call_id=call.pk, actor=operator)
    assert leg_answered(leg_id=call.legs.get().pk, provider_id="CA" + uuid.uuid4().hex)
    Line.objects.filter(pk=call.pk).update(in_room_at=timezone.now())
    return Line.objects.get(pk=call.pk)


@pytest.fixture
def line(operator: User) -> Line:
    return talk_with(operator, number=E164)


def test_it_is_noted_once_and_timed_by_the_telephone(
    client: Client, line: Line, operator: User, make_user: Callable[..., User]
) -> None:
    client.force_login(operator)
    for _ in "12":  # pressed twice
        answer = client.post(f"{URL}ligne/{line.pk}/")
    noted = Call.objects.get()
    assert answer.url == f"{URL}{noted.pk}/"  # type: ignore[attr-defined]
    assert (noted.line, noted.number_kind, noted.agent) == (line, "given", operator)
    assert noted.started_at == line.events.get(kind="connected").at
    page = client.get(f"{URL}{noted.pk}/").text
    assert 'data-testid="talk"' in page
    assert "L’appelant a raccroché" not in page  # the telephone says it
    assert f"/console/calls/{line.pk}/state/" in page
    call_end(provider_id=line.provider_id, how="completed", may_text=False)
    assert 'data-testid="wrap"' in client.get(f"{URL}{noted.pk}/duree/").text
    client.post(f"{URL}{noted.pk}/cloture/", {"code": "information", "note": ""})
    noted.refresh_from_db()
    assert noted.talked_until == line.events.get(kind="ended").at
    assert (noted.wrap_code, noted.ended_at is None) == ("information", False)

    client.force_login(make_user("autre", *AGENT, "calls.take_calls"))
    refused = client.post(f"{URL}ligne/{line.pk}/", follow=True)
    assert "Vous n’avez pas répondu à cet appel." in refused.text
    assert client.post(f"{URL}ligne/{uuid.uuid4()}/").status_code == 404
    assert client.get(f"{URL}{noted.pk}/duree/").status_code == 404
    client.force_login(make_user("sans-droit", "calls.take_calls"))
    assert client.post(f"{URL}ligne/{line.pk}/").status_code == 403


def test_a_withheld_number_stays_one(client: Client, operator: User) -> None:
    client.force_login(operator)
    client.post(f"{URL}ligne/{talk_with(operator, number='').pk}/")
    assert Call.objects.get().number_kind == NumberKind.WITHHELD


def test_what_is_forgotten_leads_to_no_line(client: Client, line: Line, operator: User) -> None:
    client.force_login(operator)
    client.post(f"{URL}ligne/{line.pk}/")
    noted = Call.objects.get()
    assert noted.number_digest is not None
    assert calls_forget(calls_of(digests=[bytes(noted.number_digest)])) == 1
    noted.refresh_from_db()
    assert noted.line is None
