"""The demo partner: made once, wherever the seed was interrupted; nothing without demo accounts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from agent_console.partners import seeding
from agent_console.partners.models import Cashier
from agent_console.wallet import http
from agent_console.wallet.http import WalletUnavailable


@dataclass
class Books:
    """The wallet's partners and offers; ``fails_at`` is the number of writes that succeed."""

    partners: list[dict[str, Any]] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    fails_at: int = 100

    def answer(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, json.loads(request.content or b"{}")
        if request.method == "GET":
            rows = self.partners if path == "/v1/partners" else self.offers
            return httpx.Response(200, json={"items": rows, "next_cursor": None})
        if len(self.keys) >= self.fails_at:
            raise httpx.ConnectError("away")
        self.keys.append(request.headers["Idempotency-Key"])
        row = {"id": str(uuid.uuid4()), "version": 1, **body}
        if path == "/v1/partners":
            row |= {"state": "active", "agreements": []}
            self.partners.append(row)
        elif path == "/v1/offers":
            row |= {"partner_name": seeding.NAME, "taken": 0, "left": None}
            self.offers.append(row)
        else:
            row |= {"created_at": "2026-11-24T10:00:00Z"}
            self.partners[0]["agreements"].append(row)
        return httpx.Response(201, json=row)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    books = Books()
    with httpx.Client(
        base_url="http://wallet", transport=httpx.MockTransport(books.answer)
    ) as client:
        monkeypatch.setattr(http, "client", lambda: client)
        yield books


def seed() -> str:
    out = StringIO()
    call_command("seed_partners", stdout=out)
    return out.getvalue()


def test_the_demo_cashier_gets_a_till_with_offers(
    books: Books, make_user: Callable[..., User]
) -> None:
    user = make_user(seeding.CASHIER)
    assert "cashier partenaire" in seed()
    (partner,) = books.partners
    assert len(partner["agreements"]) == 1
    assert [offer["title"] for offer in books.offers] == [offer.title for offer in seeding.OFFERS]
    assert {offer["partner_id"] for offer in books.offers} == {partner["id"]}
    assert Cashier.objects.get().user == user
    assert str(Cashier.objects.get().partner_id) == partner["id"]
    assert len(set(books.keys)) == len(books.keys)
    assert seed() == ""
    assert len(books.offers) == len(seeding.OFFERS)


@pytest.mark.parametrize("fails_at", [0, 1, 2, 4])
def test_a_seed_that_was_cut_goes_on_where_it_was(
    books: Books, make_user: Callable[..., User], fails_at: int
) -> None:
    make_user(seeding.CASHIER)
    books.fails_at = fails_at
    with pytest.raises(WalletUnavailable):
        seed()
    books.fails_at = 100
    seed()
    assert len(books.partners) == 1
    assert len(books.partners[0]["agreements"]) == 1
    assert len(books.offers) == len(seeding.OFFERS)
    assert Cashier.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_made_where_there_is_no_demo_account(books: Books) -> None:
    assert seed() == ""
    assert books.keys == []
