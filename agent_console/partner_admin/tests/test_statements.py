"""Statements: what closing would do, closing once, the page and the file."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from .conftest import hidden
from .fake_wallet import FakeWallet, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(partner: dict[str, Any]) -> str:
    return f"/console/partners/{partner['id']}/statements/"


def _day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def _form(console: Client, path: str, day: date, **values: str) -> dict[str, str]:
    key = hidden(console.get(f"{path}new/").text, "key")
    return {"key": key, "last_day": day.isoformat()} | values


def test_an_empty_list_says_what_the_first_will_contain(console: Client, path: str) -> None:
    assert "Aucun relevé arrêté" in console.get(path).text


def test_the_end_of_last_month_is_offered(console: Client, path: str) -> None:
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    assert f'value="{last.isoformat()}"' in console.get(f"{path}new/").text


def test_a_period_is_confirmed_before_it_is_closed(
    console: Client, wallet: FakeWallet, path: str
) -> None:
    response = console.post(f"{path}new/", _form(console, path, _day(-1)))
    assert response.status_code == 200
    for fact in (
        "1\u202f234,50\u00a0€",
        "1\u202f720\u00a0points",
        "ne se rouvre pas",
        "<b>1 bon contesté</b> n’entre pas dans ce relevé",
    ):
        assert fact in response.text
    assert wallet.writes == 0
    confirmed = {
        "key": hidden(response.text, "key"),
        "last_day": hidden(response.text, "last_day"),
        "confirm": "1",
    }
    for _ in range(2):
        page = console.post(f"{path}new/", confirmed, follow=True).text
        assert "Le relevé est arrêté." in page
    assert wallet.writes == 1
    assert next(iter(wallet.statements.values()))["until"] == _day(0).isoformat()


@pytest.mark.parametrize(("offset", "message"), [(0, "n’est pas fini"), (9, "n’est pas fini")])
def test_a_day_that_is_not_over_is_explained(
    console: Client, wallet: FakeWallet, path: str, offset: int, message: str
) -> None:
    response = console.post(f"{path}new/", _form(console, path, _day(offset), confirm="1"))
    assert response.status_code == 422
    assert message in response.text
    assert wallet.writes == 0


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("nothing_to_close", "Aucun bon validé"),
        ("period_closed", "déjà arrêtée"),
        ("period_not_over", "n’est pas fini"),
    ],
)
def test_a_refusal_is_explained_at_the_date(
    console: Client, wallet: FakeWallet, path: str, code: str, message: str
) -> None:
    wallet.refuse_writes = Refused(409, code)
    response = console.post(f"{path}new/", _form(console, path, _day(-1), confirm="1"))
    assert response.status_code == 422
    assert message in response.text
    assert 'href="#id_last_day"' in response.text


def test_a_period_without_vouchers_can_t_be_confirmed(
    console: Client, wallet: FakeWallet, path: str
) -> None:
    wallet.waiting_vouchers = 0
    response = console.post(f"{path}new/", _form(console, path, _day(-1)))
    assert response.status_code == 422
    assert "Aucun bon validé" in response.text
    assert 'name="confirm"' not in response.text


def test_a_refused_preview_is_explained_too(console: Client, wallet: FakeWallet, path: str) -> None:
    console.post(f"{path}new/", _form(console, path, _day(-1), confirm="1"))
    response = console.post(f"{path}new/", _form(console, path, _day(-1)))
    assert response.status_code == 422
    assert "déjà arrêtée" in response.text


@pytest.mark.parametrize("fault", ["is_away", "loses_answers"])
def test_closing_that_got_lost_is_sent_again_once(
    console: Client, wallet: FakeWallet, path: str, fault: str
) -> None:
    form = _form(console, path, _day(-1), confirm="1")
    setattr(wallet, fault, True)
    response = console.post(f"{path}new/", form)
    assert response.status_code == 503
    assert hidden(response.text, "key") == form["key"]
    setattr(wallet, fault, False)
    assert console.post(f"{path}new/", form).status_code == 302
    assert wallet.writes == 1


def test_a_long_statement_has_pages_and_a_whole_file(
    console: Client, wallet: FakeWallet, path: str
) -> None:
    wallet.waiting_vouchers = 230
    console.post(f"{path}new/", _form(console, path, _day(-1), confirm="1"))
    statement = f"/console/partners/statements/{next(iter(wallet.statements))}"
    counts = []
    at = f"{statement}/"
    while at:
        page = console.get(at).text
        counts.append(page.count('data-testid="statement-line"'))
        following = re.search(r'href="([^"]+)" rel="next"', page)
        at = f"{statement}/{html.unescape(following[1])}" if following else ""
    assert counts == [50, 50, 50, 50, 30]
    rows = console.get(f"{statement}.csv").content.decode().split("\r\n")
    assert len(rows) == 1 + 230 + 1 + 1  # header, lines, total, the end of the last line


def test_a_file_with_a_line_missing_is_not_given(
    console: Client, wallet: FakeWallet, path: str
) -> None:
    console.post(f"{path}new/", _form(console, path, _day(-1), confirm="1"))
    (statement,) = wallet.statements
    wallet.lines[statement].pop()
    assert console.get(f"/console/partners/statements/{statement}.csv").status_code == 503


def test_the_page_and_the_file_say_the_same(console: Client, wallet: FakeWallet, path: str) -> None:
    page = console.post(
        f"{path}new/", _form(console, path, _day(-1), confirm="1"), follow=True
    ).text
    for fact in ("1\u202f234,50\u00a0€", "0KM-4RX-72F", "Accueil Luminy", "Piscine de Luminy"):
        assert fact in page
    statement = next(iter(wallet.statements))
    response = console.get(f"/console/partners/statements/{statement}.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    rows = response.content.decode().split("\r\n")
    assert rows[0].startswith("\ufeffDate;Heure;Code;Offre;")
    assert "'=Une entrée" in rows[1]
    assert "1234,50" in rows[1]
    assert rows[1 + wallet.waiting_vouchers].startswith("Total;")
    assert console.get(path).text.count('data-testid="statement-row"') == 1
