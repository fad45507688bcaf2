"""The day's captures, and the statements as page and file."""

from __future__ import annotations

import csv
import html
import io
import re
import uuid
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from agent_console.partners.models import Cashier
from agent_console.staff.models import Act, AuditEntry
from agent_console.wallet.tests.fake_wallet import NOW, FakeWallet


@pytest.fixture
def statement(wallet: FakeWallet) -> str:
    line = {
        "voucher_code": "123-456-782",
        "offer_title": "=1+1 ; « entrée »",
        "points": 30,
        "reimbursement_cents": 123_450,
        "captured_at": "2026-10-31T23:30:00Z",
        "site": "Accueil",
    }
    return wallet.statement([line])


def test_a_day_shows_its_captures_and_their_total(
    till: Client, cashier: Cashier, wallet: FakeWallet
) -> None:
    now = datetime.combine(timezone.localdate(), datetime.min.time(), UTC).replace(hour=11)
    for who in (str(cashier.id), str(uuid.uuid4())):
        wallet.voucher(state="captured", captured_at=now.isoformat(), site="Accueil", cashier=who)
    wallet.voucher()
    page = till.get("/partners/day/").text
    assert page.count('data-testid="day-line"') == 2
    assert "60\u00a0points" in page
    assert "5,00\u00a0€" in page
    assert page.count("· vous") == 1


def _codes(page: str) -> list[str]:
    return re.findall(r'class="code">([^<]+)<', page)


def test_a_busy_day_has_pages_and_one_total(
    till: Client, cashier: Cashier, wallet: FakeWallet
) -> None:
    now = datetime.combine(timezone.localdate(), datetime.min.time(), UTC).replace(hour=11)
    for _ in range(60):
        wallet.voucher(captured_at=now.isoformat(), site="Accueil", cashier=str(cashier.id))
    first = till.get("/partners/day/", {"day": timezone.localdate().isoformat()}).text
    assert first.count('data-testid="day-line"') == 50
    assert "Précédent" not in first
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    second = till.get(f"/partners/day/{html.unescape(following[1])}").text
    assert second.count('data-testid="day-line"') == 10
    assert "Suivant" not in second
    for page in (first, second):
        assert "1\u202f800\u00a0points" in page
        assert "150,00\u00a0€" in page
        assert "<dd>60</dd>" in page
    back = re.search(r'href="([^"]+)" rel="prev"', second)
    assert back is not None
    again = till.get(f"/partners/day/{html.unescape(back[1])}").text
    assert _codes(again) == _codes(first)
    assert not set(_codes(first)) & set(_codes(second))


def test_a_long_statement_has_pages_and_a_whole_file(till: Client, wallet: FakeWallet) -> None:
    line = {
        "voucher_code": "123-456-782",
        "offer_title": "Entrée",
        "points": 30,
        "reimbursement_cents": 250,
        "captured_at": "2026-10-31T23:30:00Z",
        "site": "Accueil",
    }
    path = f"/partners/statements/{wallet.statement([line] * 120)}"
    first = till.get(f"{path}/").text
    assert first.count("123-456-782") == 50
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    assert till.get(f"{path}/{html.unescape(following[1])}").text.count("123-456-782") == 50
    rows = till.get(f"{path}.csv").content.decode("utf-8-sig").splitlines()
    assert (len(rows), rows[-1]) == (1 + 120 + 1, "Total;;;;;3600;300,00")


def test_a_file_with_a_line_missing_is_not_given(
    till: Client, wallet: FakeWallet, statement: str
) -> None:
    wallet.statements[0]["lines"] = []
    page = till.get(f"/partners/statements/{statement}.csv")
    assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


def test_a_day_without_captures_says_so(till: Client, wallet: FakeWallet) -> None:
    assert "Aucun bon validé aujourd’hui" in till.get("/partners/day/").text
    assert "Aucun bon validé ce jour-là" in till.get("/partners/day/?day=2026-01-02").text


@pytest.mark.parametrize("asked", ["demain", "2026-02-31", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_brought_back(till: Client, wallet: FakeWallet, asked: str) -> None:
    assert till.get("/partners/day/", {"day": asked}).status_code == 200


def test_a_statement_stands_on_a_page(till: Client, statement: str) -> None:
    listed = till.get("/partners/statements/").text
    assert f"/partners/statements/{statement}/" in listed
    page = till.get(f"/partners/statements/{statement}/").text
    for shown in (listed, page):
        assert "Du 1 octobre 2026 au 31 octobre 2026" in " ".join(shown.split())
        assert "1\u202f234,50\u00a0€" in shown
    assert "123-456-782" in page


def test_a_statement_opens_in_a_french_spreadsheet(till: Client, statement: str) -> None:
    response = till.get(f"/partners/statements/{statement}.csv")
    assert response.headers["Content-Type"] == "text/csv"
    assert 'filename="releve-2026-11-01.csv"' in response.headers["Content-Disposition"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Date"
    # 23:30 UTC is the next day in Marseille; a formula is made harmless
    assert rows[1] == [
        "01/11/2026",
        "00:30",
        "123-456-782",
        "'=1+1 ; « entrée »",
        "Accueil",
        "30",
        "1234,50",
    ]
    assert rows[2] == ["Total", "", "", "", "", "30", "1234,50"]


def test_a_file_is_given_to_who_proves_it_is_them_and_written_down(
    till: Client, cashier: Cashier, statement: str
) -> None:
    path = f"/partners/statements/{statement}.csv"
    session = till.session
    session["confirmed_at"] = 0
    session.save()
    asked = till.get(path)
    assert (asked.status_code, AuditEntry.objects.count()) == (403, 0)
    assert 'class="till' in asked.text  # in the portal's dress
    proof = {"confirm_secret": "Un mot de passe 42", "confirm_reads": "1"}
    assert till.post(path, proof).headers["Location"] == path
    assert till.get(path).headers["Content-Type"] == "text/csv"
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.act) == (cashier.user, Act.FILE)
    assert entry.subject == f"{cashier.partner_id} 2026-11-01"


@pytest.mark.parametrize("suffix", ["/", ".csv"])
def test_another_partners_statement_is_not_found(
    till: Client, wallet: FakeWallet, statement: str, suffix: str
) -> None:
    wallet.statements[0]["partner_id"] = str(uuid.uuid4())
    assert till.get(f"/partners/statements/{statement}{suffix}").status_code == 404
    assert till.get(f"/partners/statements/{uuid.uuid4()}{suffix}").status_code == 404
    assert "Aucun relevé" in till.get("/partners/statements/").text


def test_a_wallet_that_is_away_is_said_in_words(
    till: Client, wallet: FakeWallet, statement: str
) -> None:
    code = wallet.voucher(captured_at=NOW.isoformat())
    wallet.away = True
    for path in (
        "day/",
        "statements/",
        f"statements/{statement}/",
        f"statements/{statement}.csv",
        f"v/{code}",
    ):
        page = till.get(f"/partners/{path}")
        assert page.status_code == 503
        assert "ne répond pas" in page.text
