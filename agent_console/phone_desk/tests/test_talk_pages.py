"""A talk is led from its page: a step is stored with its job, a refusal is said in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.calls import ports
from agent_console.calls.calling import call_open, call_queue, call_take
from agent_console.calls.desk import desk_phone_set, rings_in_page
from agent_console.calls.interpreters import InterpreterWish, interpreter_add
from agent_console.calls.legs import leg_answered
from agent_console.calls.models import Call, Interpreter, Leg
from agent_console.calls.talking import call_consult
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_at
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
HOME = "/console/calls/"


class _Company(ports._NoTelephone):
    """A telephone company that pages can ring through; nothing is asked of it here."""

    def page_token(self, *, user_id: int) -> str | None:
        return f"token-of-{user_id}"


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_registered", [_Company()])


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    user = make_user(
        "camille", "calls.take_calls", "conversations.view_conversation", "reports.add_report"
    )
    desk_phone_set(user=user, number="04 91 99 00 01")
    return user


@pytest.fixture
def colleague(make_user: Callable[..., User]) -> User:
    user = make_user("dominique", "calls.take_calls")
    desk_phone_set(user=user, number="04 91 99 00 02")
    return user


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def interpreter(make_user: Callable[..., User]) -> Interpreter:
    wish = InterpreterWish(language="arabe", name="ISM", number="04 91 99 00 09")
    return interpreter_add(wish=wish, actor=make_user("nadia", "calls.change_interpreters"))


def waits() -> Call:
    number = f"06123{uuid.uuid4().int % 10**5:05d}"
    point = contact_at(kind=ChannelCode.VOICE, address=number)
    return call_queue(
        call_id=call_open(provider_id="CA" + uuid.uuid4().hex, contact_point=point).pk
    )


@pytest.fixture
def talk(operator: User) -> Call:
    """The operator talks with somebody, who is in the room."""
    call = call_take(call_id=waits().pk, actor=operator)
    assert leg_answered(leg_id=call.legs.get().pk, provider_id="CA" + "1" * 32)
    Call.objects.filter(pk=call.pk).update(in_room_at=timezone.now())
    return Call.objects.get(pk=call.pk)


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="calls.settle").count()


def test_hold_consult_pass_on_and_interpret_are_buttons_of_the_call(
    desk: Client, talk: Call, operator: User, colleague: User, interpreter: Interpreter
) -> None:
    there = f"{HOME}{talk.pk}/"
    page = desk.get(there).text
    for words in ("Mettre en attente", "Le premier collègue libre", "dominique", "arabe"):
        assert words in page
    before = jobs()
    assert (
        "Mise en attente…" in desk.post(f"{there}talk/hold/", headers={"HX-Request": "true"}).text
    )
    assert jobs() == before + 1
    desk.post(f"{there}talk/resume/")
    desk.post(f"{there}talk/interpret/", {"interpreter": interpreter.pk})
    assert "son téléphone sonne" in desk.get(f"{there}state/").text
    part = desk.post(f"{there}talk/interpret-end/", headers={"HX-Request": "true"}).text
    assert "Appeler l’interprète" in part
    part = desk.post(
        f"{there}talk/consult/", {"colleague": colleague.pk}, headers={"HX-Request": "true"}
    ).text
    assert "Le téléphone de dominique sonne" in part
    assert "Passer l’appel" not in part
    leg = Leg.objects.get(role="colleague")
    leg_answered(leg_id=leg.pk, provider_id="CA" + "2" * 32)
    assert "Passer l’appel" in desk.get(f"{there}state/").text
    gone = desk.post(f"{there}talk/pass-on/", headers={"HX-Request": "true"}).text
    assert "Mettre en attente" not in gone
    assert "Transféré" in gone
    talk.refresh_from_db()
    assert talk.taken_by == colleague
    late = desk.post(f"{there}talk/hold/", headers={"HX-Request": "true"})
    assert "Vous n’êtes plus en ligne" in late.text
    assert "Vous n’êtes plus en ligne" in desk.post(f"{there}talk/hold/", follow=True).text
    for wrong in ({"colleague": "x"}, {"colleague": "0"}):
        assert desk.post(f"{there}talk/consult/", wrong).status_code == 302
    assert desk.post(f"{there}talk/interpret/", {"interpreter": "x"}).status_code == 302
    assert desk.post(f"{there}talk/explode/").status_code == 404
    assert desk.post(f"{HOME}{uuid.uuid4()}/talk/hold/").status_code == 404


def test_a_transfer_that_is_offered_is_taken_up_from_the_list(
    client: Client, talk: Call, operator: User, colleague: User
) -> None:
    leg = call_consult(call_id=talk.pk, actor=operator, colleague=None)
    client.force_login(colleague)
    assert 'data-testid="offered"' in client.get(HOME).text
    answer = client.post(f"{HOME}transfers/{leg.pk}/take/", follow=True)
    assert "va sonner" in answer.text
    leg.refresh_from_db()
    assert (leg.user, leg.state) == (colleague, "ringing")
    client.force_login(operator)
    assert "s’en occupe déjà" in client.post(f"{HOME}transfers/{leg.pk}/take/", follow=True).text
    assert client.post(f"{HOME}transfers/{uuid.uuid4()}/take/").status_code == 404


def test_the_next_call_is_one_press_away(desk: Client, operator: User, company: None) -> None:
    assert "Personne n’attend" in desk.post(f"{HOME}next/", follow=True).text
    first, second = waits(), waits()
    assert "2 personnes attendent." in desk.get("/console/appel/").text
    assert "va sonner" in desk.post(f"{HOME}next/", follow=True).text
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.taken_by, second.state) == ("ringing", operator, "waiting")


def test_supervisors_keep_the_list_of_interpreters(
    client: Client, make_user: Callable[..., User]
) -> None:
    there = f"{HOME}interpreters/"
    client.force_login(make_user("camille", "calls.take_calls"))
    assert client.get(there).status_code == 403
    client.force_login(make_user("nadia", "calls.change_interpreters"))
    assert "Aucun interprète" in client.get(there).text
    form = {"language": "Comorien", "name": "ISM", "number": "12"}
    assert "n’existe pas" in client.post(there, form).text
    assert client.post(there, form | {"language": " "}).status_code == 422
    page = client.post(there, form | {"number": "04 91 99 00 09"}, follow=True).text
    assert "comorien" in page
    assert "04 91 99 00 09" in page
    row = Interpreter.objects.get()
    assert b"99000" not in bytes(row.number_sealed)
    assert "n’est plus appelé" in client.post(f"{there}{row.pk}/off/", follow=True).text
    assert "n’est plus appelé" not in client.post(f"{there}{row.pk}/on/", follow=True).text
    assert client.post(f"{there}{row.pk}/explode/").status_code == 404
    assert client.post(f"{there}99/off/").status_code == 404


def test_the_page_that_rings_is_for_who_takes_calls_and_says_when_it_cannot(
    client: Client,
    desk: Client,
    operator: User,
    make_user: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
    company: None,
) -> None:
    there = f"{HOME}softphone/"
    page = desk.get(there)
    assert "data-softphone" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "wss://voice-js.roaming.twilio.com" in policy
    assert "unsafe" not in policy
    assert "twilio" not in desk.get(HOME).headers["Content-Security-Policy"]
    token = desk.post(f"{there}token/")
    assert token.json() == {"token": f"token-of-{operator.pk}"}
    assert "no-store" in token.headers["Cache-Control"]
    desk.post(f"{there}on/")
    assert rings_in_page(user_id=operator.pk)
    assert "Vous répondez dans la page" in desk.get(HOME).text
    desk.post(f"{there}off/")
    assert not rings_in_page(user_id=operator.pk)
    assert desk.post(f"{there}explode/").status_code == 404

    monkeypatch.setattr(ports, "_registered", [])
    assert "pas configuré" in desk.get(there).text
    assert "La téléphonie n’est pas configurée" in desk.get(HOME).text
    assert "La téléphonie n’est pas configurée" in desk.get("/console/appel/").text
    assert desk.post(f"{there}token/").status_code == 503
    desk.post(f"{there}on/")
    assert not rings_in_page(user_id=operator.pk)
    client.force_login(make_user("autre", "reports.add_report"))
    refused = [client.get(there), client.post(f"{there}token/"), client.post(f"{there}on/")]
    assert [one.status_code for one in refused] == [403] * 3


def test_the_pages_break_no_accessibility_rule_and_fit_a_telephone(
    desk: Client, talk: Call, colleague: User, interpreter: Interpreter, company: None
) -> None:
    there = f"{HOME}{talk.pk}/"
    pages = {there: _rendered(desk.get(there))}
    desk.post(f"{there}talk/interpret/", {"interpreter": interpreter.pk})
    desk.post(f"{there}talk/consult/", {"colleague": colleague.pk})
    pages["/consulting"] = _rendered(desk.get(there))
    pages["/softphone"] = _rendered(desk.get(f"{HOME}softphone/"))
    pages["/home"] = _rendered(desk.get(HOME))
    desk.force_login(interpreter.changed_by)
    pages["/interpreters"] = _rendered(desk.get(f"{HOME}interpreters/"))
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 700})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def _rendered(response: Any) -> RenderedPage:
    assert response.status_code == 200
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])
