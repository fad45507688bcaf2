"""The proof of an entry, for anybody: readable, checkable, naming nobody."""

import uuid
from typing import Any

import httpx
import pytest
from django.test import Client

from agent_console.wallet import http
from agent_console.wallet.tests.contract import check_exchange
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

ENTRY = uuid.UUID("55555555-5555-4555-8555-555555555555")
PATH = f"/preuves/{ENTRY}/"
PROOF: dict[str, Any] = {
    "entry_id": str(ENTRY),
    "number": 4321,
    "operation": "mint",
    "points": 10,
    "transaction_hash": "0x" + "ab" * 32,
    "block_number": 987,
    "position": 3,
    "contract_address": "0x" + "Cd" * 20,
    "chain_id": 13055,
    "settled_at": "2026-11-24T09:41:07Z",
    "block_hash": "0x" + "ef" * 32,
    "function": "mintBatch",
    "first_number": 4318,
    "line_count": 12,
    "line": "0x" + "12" * 32,
    "from_address": None,
    "to_address": "0x" + "12" * 20,
}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the wallet answers: ``status`` and ``body``; an exception as ``body`` is raised."""
    given: dict[str, Any] = {"status": 200, "body": PROOF}

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/v1/proofs/{ENTRY}"
        if isinstance(given["body"], Exception):
            raise given["body"]
        response = httpx.Response(given["status"], json=given["body"])
        check_exchange(request, response)
        return response

    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(http, "client", lambda: client)
    return given


def test_a_proof_says_what_where_and_how_to_check_it(
    client: Client, answers: dict[str, Any]
) -> None:
    page = client.get(PATH)
    assert page.status_code == 200
    for shown in (
        "10\u00a0points ont été ajoutés",
        PROOF["transaction_hash"],
        PROOF["block_hash"],
        PROOF["contract_address"],
        PROOF["line"],
        "987",
        "ligne 3",
        "mintBatch",
        "24 novembre 2026 à 10:41:07",
    ):
        assert shown in page.text
    assert "max-age=3600" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("operation", "said"),
    [("burn", "retirés de la circulation"), ("move", "d’un porte-monnaie à un partenaire")],
)
def test_the_other_operations_read_otherwise(
    client: Client, answers: dict[str, Any], operation: str, said: str
) -> None:
    answers["body"] = PROOF | {"operation": operation}
    assert said in client.get(PATH).text


def test_an_entry_on_its_way_is_no_error(client: Client, answers: dict[str, Any]) -> None:
    answers.update(status=404, body={"code": "proof_not_ready", "message": ""})
    page = client.get(PATH)
    assert page.status_code == 200
    assert "pas (ou pas encore) inscrite" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_what_is_no_entry_is_not_found(client: Client, answers: dict[str, Any]) -> None:
    answers.update(status=404, body={"code": "entry_unknown", "message": ""})
    assert client.get(PATH).status_code == 404
    assert client.get("/preuves/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, {"code": "unavailable"}),
        (401, {"code": "token_invalid"}),
        (200, httpx.ReadTimeout("x")),
    ],
)
def test_a_wallet_that_is_away_is_said_in_words(
    client: Client, answers: dict[str, Any], status: int, body: object
) -> None:
    answers.update(status=status, body=body)
    page = client.get(PATH)
    assert page.status_code == 503
    assert "Elle n’est pas perdue" in page.text


def test_the_page_only_reads(client: Client, answers: dict[str, Any]) -> None:
    assert client.post(PATH).status_code == 405
    assert client.head(PATH).status_code == 200


def test_the_page_is_accessible_and_fits_a_phone(client: Client, answers: dict[str, Any]) -> None:
    pages = {PATH: _rendered(client)}
    answers.update(status=404, body={"code": "proof_not_ready", "message": ""})
    pages["/waiting"] = _rendered(client)
    answers.update(status=503, body={"code": "unavailable"})
    pages["/away"] = _rendered(client)
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                if path == PATH:
                    page.get_by_text("Exemple en Python").click()
                assert violations(page, contrast_only=scheme == "dark") == [], path
                assert page.evaluate("document.documentElement.scrollWidth") == 320, path


def _rendered(client: Client) -> RenderedPage:
    response = client.get(PATH)
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])
