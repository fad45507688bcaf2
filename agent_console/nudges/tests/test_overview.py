"""The points at a glance; each block stands for itself."""

import re
from collections.abc import Callable

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.nudges.permissions import VIEW
from agent_console.nudges.tests.conftest import FakeWallet, chain, limits, page, reconciliation
from agent_console.wallet.tests.bodies import drift_out

pytestmark = pytest.mark.django_db
OVERVIEW = "/console/nudges/"


def test_figures_are_shown(console: Client, wallet: FakeWallet) -> None:
    text = console.get(OVERVIEW).text
    assert "411\u202f000\u00a0points" in text  # given: circulating, expired and reimbursed
    assert "390\u202f000\u00a0points" in text
    assert "123\u202f456\u00a0€" in text
    assert "1\u202f000\u202f000\u00a0€" in text
    assert 'data-level="ok"' in text
    assert "1\u202f234" in text  # entries behind
    assert "2\u00a0minutes" in text
    assert "Concordance" in text
    assert "issuing-stopped" not in text


def test_the_menu_says_where_one_is(
    wallet: FakeWallet, client: Client, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user("nadia", VIEW, "partners.change_cashier"))
    page = client.get(OVERVIEW).text
    menu = page[page.index("Navigation principale") : page.index("</nav>")]
    assert re.findall(r'aria-current="page">([^<]+)', menu) == ["Points"]


@pytest.mark.parametrize(
    ("level", "words"), [("watch", "À surveiller"), ("alarm", "le plafond approche")]
)
def test_the_ceiling_is_announced_before_it_is_reached(
    console: Client, wallet: FakeWallet, level: str, words: str
) -> None:
    wallet.answers["GET /v1/limits"] = (200, limits(level=level))
    text = console.get(OVERVIEW).text
    assert f'data-level="{level}"' in text
    assert words in text


def test_a_drift_stops_the_page_short(console: Client, wallet: FakeWallet) -> None:
    last = reconciliation(agrees=False, drifts=1)
    wallet.answers["GET /v1/chain"] = (
        200,
        chain(issuing_stopped=True, issuing_stopped_reason="drift", last_reconciliation=last),
    )
    wallet.answers["GET /v1/reconciliations/12/drifts"] = (
        200,
        page(drift_out()),
    )
    text = console.get(OVERVIEW).text
    assert "Le versement de points est arrêté" in text
    assert "Absent du registre" in text
    assert "55555555-5555-4555-8555-555555555555" in text
    assert "Écart" in text


def test_a_block_that_fails_leaves_the_others(console: Client, wallet: FakeWallet) -> None:
    wallet.answers["GET /v1/chain"] = (503, {"code": "unavailable", "message": "", "fields": {}})
    answer = console.get(OVERVIEW)
    assert answer.status_code == 200
    assert "390\u202f000\u00a0points" in answer.text
    assert "Le porte-monnaie ne répond pas" in answer.text


def test_a_wallet_that_is_away_is_said_in_words(console: Client, wallet: FakeWallet) -> None:
    wallet.is_away = True
    answer = console.get(OVERVIEW)
    assert answer.status_code == 200
    assert answer.text.count("Le porte-monnaie ne répond pas") >= 3


def test_before_the_first_comparison(console: Client, wallet: FakeWallet) -> None:
    wallet.answers["GET /v1/chain"] = (
        200,
        chain(last_reconciliation=None, lag_entries=0, lag_seconds=0),
    )
    wallet.answers["GET /v1/reconciliations"] = (200, page())
    assert "Aucun rapprochement" in console.get(OVERVIEW).text


@pytest.mark.parametrize(
    "path", ["rules/", "rules/report.pothole/", "campaigns/", "reviews/", "corrections/"]
)
def test_every_other_page_says_that_the_wallet_is_away(
    console: Client, wallet: FakeWallet, path: str
) -> None:
    wallet.is_away = True
    answer = console.get(f"{OVERVIEW}{path}")
    assert answer.status_code == 503
    assert "Le porte-monnaie ne répond pas" in answer.text
    assert "Vue d’ensemble" in answer.text


def test_an_answer_that_is_no_json_is_no_answer(
    console: Client, wallet: FakeWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = httpx.Client(
        base_url="http://wallet.test",
        transport=httpx.MockTransport(lambda request: httpx.Response(200, text="<html>")),
    )
    monkeypatch.setattr("agent_console.wallet.http.client", lambda: double)
    assert console.get(f"{OVERVIEW}rules/").status_code == 503
