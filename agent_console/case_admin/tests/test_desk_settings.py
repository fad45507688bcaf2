"""Hours and reply templates: changed in the console, with who and from what, and undone."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.case_admin.models import Change
from agent_console.case_admin.services import seen_tag
from agent_console.conversations.desk.models import ReplyTemplate
from agent_console.french_days import PARIS
from agent_console.opening.models import DayKind, DeskDay, DeskException
from agent_console.opening.selectors import desk_hours

BASE = "/console/settings/"
CLOSURE = {"first_day": "2099-05-04", "last_day": "2099-05-05", "reason": "Inventaire"}


def test_saturday_is_opened_and_closed_again(console: Client, supervisor: User) -> None:
    page = f"{BASE}desk/{DayKind.SATURDAY.value}/"
    saturday = datetime(2099, 5, 2, 10, tzinfo=PARIS)
    assert not desk_hours().is_open(saturday)
    row = DeskDay.objects.get(pk=DayKind.SATURDAY)
    fields = {"opens_at": "09:00", "closes_at": "12:00", "seen": seen_tag(row)}
    assert "Samedi : de 9\u00a0h à 12\u00a0h" in console.post(page, fields, follow=True).text
    assert desk_hours().is_open(saturday)
    change = Change.objects.get()
    assert (change.actor, change.section) == (supervisor, "desk")
    assert "par nadia" in console.get(page).text
    row.refresh_from_db()
    console.post(f"{page}revert/", {"change": change.pk, "seen": seen_tag(row)})
    assert not desk_hours().is_open(saturday)
    assert Change.objects.count() == 2


def test_a_closure_is_added_removed_and_brought_back(console: Client) -> None:
    console.post(f"{BASE}closures/add/", CLOSURE)
    made = DeskException.objects.get()
    assert desk_hours().on(date(2099, 5, 5)) is None
    console.post(f"{BASE}closures/{made.pk}/delete/", {"seen": seen_tag(made)})
    assert desk_hours().on(date(2099, 5, 5)) is not None
    removed = Change.objects.first()
    assert removed is not None
    page = console.get(f"{BASE}closures/").text
    assert "Rétablir" in page
    asked = {"change": removed.pk, "seen": ""}
    console.post(f"{BASE}closures/{made.pk}/revert/", asked)
    assert DeskException.objects.get().reason == "Inventaire"
    assert Change.objects.count() == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("closures/add/", CLOSURE | {"last_day": "2099-05-03"}),
        ("closures/add/", CLOSURE | {"opens_at": "10:00"}),
        ("closures/add/", {"first_day": "demain", "last_day": "2099-05-03"}),
        ("desk/0/", {"opens_at": "18:00", "closes_at": "08:00"}),
        ("replies/add/", {"name": "Suivi", "text": "Le {machin}", "locale": "fr"}),
    ],
)
def test_what_makes_no_sense_is_refused(console: Client, path: str, body: dict[str, Any]) -> None:
    row = DeskDay.objects.get(pk=0) if path == "desk/0/" else None
    answer = console.post(f"{BASE}{path}", body | {"seen": seen_tag(row)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not Change.objects.exists()


def test_a_day_may_last_until_midnight(console: Client) -> None:
    row = DeskDay.objects.get(pk=0)
    body = {"opens_at": "20:00", "closes_at": "00:00", "seen": seen_tag(row)}
    assert console.post(f"{BASE}desk/0/", body).status_code == 302
    row.refresh_from_db()
    assert (row.opens_at, row.closes_at) == (time(20), time(0))


def test_a_reply_template_has_a_history_and_nobody_overwrites_a_colleague(console: Client) -> None:
    fields = {"name": "Suivi", "text": "Bonjour", "locale": "fr", "is_active": "on"}
    console.post(f"{BASE}replies/add/", fields)
    made = ReplyTemplate.objects.get()
    page = f"{BASE}replies/{made.pk}/"
    seen = seen_tag(made)
    withdrawn = {"name": "Suivi", "text": "Bonsoir", "locale": "fr", "seen": seen}
    assert console.post(page, withdrawn).status_code == 302
    shown = console.get(page).text
    assert "Bonjour → Bonsoir" in shown
    assert "oui → non" in shown
    assert console.post(page, fields | {"seen": seen}).status_code == 422
    made.refresh_from_db()
    assert (made.text, made.is_active) == ("Bonsoir", False)


def test_a_reply_template_may_say_what_it_answers(console: Client) -> None:
    fields = {"name": "Solde", "text": "Dans Mon espace.", "locale": "fr", "is_active": "on"}
    refused = console.post(f"{BASE}replies/add/", fields | {"intent": "machin"})
    assert refused.status_code == 422
    assert not ReplyTemplate.objects.exists()
    console.post(f"{BASE}replies/add/", fields | {"intent": "check_balance"})
    assert ReplyTemplate.objects.get().intent == "check_balance"


@pytest.mark.parametrize(
    ("permission", "opens"),
    [
        ("opening.change_hours", {"desk", "closures"}),
        ("conversations.manage_desk", {"replies"}),
        ("case_admin.change_settings", {"categories", "quiet"}),
    ],
)
def test_each_kind_has_its_own_right(
    client: Client,
    supervisor: User,
    make_user: Callable[..., User],
    permission: str,
    opens: set[str],
) -> None:
    Change.objects.create(section="desk", key="0", label="Lundi matin", after={}, actor=supervisor)
    client.force_login(make_user("awa", permission))
    home = client.get(BASE).text
    for section in ("desk", "closures", "replies", "categories", "quiet"):
        address = f"{BASE}{section}/"
        assert (f'href="{address}"' in home) == (section in opens), section
        assert (client.get(address).status_code == 403) == (section not in opens), section
    assert ("Lundi matin" in home) == ("desk" in opens)
    if "closures" not in opens:
        assert client.post(f"{BASE}closures/add/", CLOSURE).status_code == 403
        assert not DeskException.objects.exists()
