"""Closing a period: each captured voucher is owed once, and its points are burnt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from wallet_service.ledger.models import Account, JournalEntry
from wallet_service.ledger.selectors import sum_of_all_balances
from wallet_service.offers import errors
from wallet_service.offers.domain import day_begins, paris_day
from wallet_service.offers.models import Offer, Partner, Redemption, Statement
from wallet_service.offers.selectors.statements import (
    line_bodies,
    statement_get,
    statement_preview,
    statement_vouchers,
)
from wallet_service.offers.services.statements import statement_close

from .shop import (
    ACTOR,
    CENTS,
    CLIENT,
    PRICE,
    capture,
    funded,
    key,
    offer_opened,
    partner_opened,
    taken,
)

TODAY = paris_day(timezone.now())
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_opened()


@pytest.fixture
def offer(partner: Partner) -> Offer:
    return offer_opened(partner)


@contextmanager
def _captures_at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr("django.utils.timezone.now", lambda: moment)
        yield


def _close(partner: Partner, until: dt.date, **more: str) -> dict[str, object]:
    return statement_close(
        client=CLIENT,
        key=more.get("key") or key(),
        partner_id=partner.id,
        until=until,
        actor=ACTOR,
    ).body


def _earned(partner: Partner) -> int:
    points: int = Account.objects.get(wallet_id=partner.id).balance_points
    return points


def test_a_period_ends_before_its_day_begins_in_paris(
    partner: Partner, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = day_begins(TODAY)
    inside, outside = taken(funded(100), offer), taken(funded(100), offer)
    with _captures_at(monkeypatch, midnight - dt.timedelta(microseconds=1)):
        capture(inside)
    with _captures_at(monkeypatch, midnight):
        capture(outside)
    preview = statement_preview(partner_id=partner.id, until=TODAY)
    assert (preview["vouchers"], preview["reimbursement_cents"]) == (1, CENTS)
    body = _close(partner, TODAY, key="close")
    assert _close(partner, TODAY, key="close") == body
    assert (body["vouchers"], body["points"], body["reimbursement_cents"]) == (1, PRICE, CENTS)
    assert (body["since"], body["until"]) == (None, TODAY.isoformat())
    statement = statement_get(statement_id=uuid.UUID(str(body["id"])))
    (line,) = line_bodies(statement_vouchers(statement_id=statement.id, after=None, limit=10))
    assert line["offer_title"] == offer.title
    assert set(Redemption.objects.filter(statement=statement)) == {inside}
    assert _earned(partner) == PRICE  # the other voucher's
    burn = JournalEntry.objects.get(id=str(body["entry_id"]))
    assert (burn.kind, burn.subject) == ("statement_closed", statement.id)
    assert (burn.settlement_intent.operation, burn.settlement_intent.points) == ("burn", PRICE)
    assert sum_of_all_balances() == 0


def test_the_next_period_begins_where_the_last_one_ended(
    partner: Partner, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = taken(funded(100), offer), taken(funded(100), offer)
    with _captures_at(monkeypatch, day_begins(YESTERDAY) - dt.timedelta(hours=1)):
        capture(first)
    _close(partner, YESTERDAY)
    for until in (YESTERDAY, YESTERDAY - dt.timedelta(days=1)):
        with pytest.raises(errors.PeriodClosed):
            _close(partner, until)
    with pytest.raises(errors.NothingToClose):
        _close(partner, TODAY)
    with _captures_at(monkeypatch, day_begins(YESTERDAY) + dt.timedelta(hours=1)):
        capture(second)
    assert _close(partner, TODAY)["since"] == YESTERDAY.isoformat()
    assert Redemption.objects.filter(statement__isnull=True).count() == 0
    assert _earned(partner) == 0


def test_what_cannot_be_closed_is_said(partner: Partner, offer: Offer) -> None:
    capture(taken(funded(100), offer))
    with pytest.raises(errors.PeriodNotOver):
        _close(partner, TODAY + dt.timedelta(days=1))
    with pytest.raises(errors.NothingToClose):
        _close(partner, TODAY)  # captured today: the day is not over
    partner.id = uuid.uuid4()
    with pytest.raises(errors.PartnerUnknown):
        _close(partner, TODAY)
    assert not Statement.objects.exists()


def test_a_large_period_is_one_burn(partner: Partner) -> None:
    dear = offer_opened(partner, price_points=900_000)
    for _ in range(2):
        capture(taken(funded(900_000), dear))
    tomorrow = timezone.now() + dt.timedelta(days=1)
    body = statement_close(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        until=paris_day(tomorrow),
        actor=ACTOR,
        now=tomorrow,
    ).body
    assert (body["points"], _earned(partner)) == (1_800_000, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE offers_statement SET points = points + 1",
        "DELETE FROM offers_statement",
        "UPDATE offers_redemption SET statement_id = NULL",
        "UPDATE offers_redemption SET state = 'held'",
        "UPDATE offers_redemption SET points = points - 1",
        "UPDATE offers_redemption SET captured_at = now()",
        "DELETE FROM offers_redemption",
    ],
)
def test_what_was_closed_stays(partner: Partner, offer: Offer, statement: str) -> None:
    capture(taken(funded(100), offer))
    tomorrow = timezone.now() + dt.timedelta(days=1)
    statement_close(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        until=paris_day(tomorrow),
        actor=ACTOR,
        now=tomorrow,
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_statement_that_does_not_add_up_cannot_be_committed(
    partner: Partner, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _captures_at(monkeypatch, day_begins(TODAY) - dt.timedelta(hours=1)):
        capture(taken(funded(100), offer))
        capture(taken(funded(100), offer))
    entry = JournalEntry.objects.filter(kind="redemption_captured").first()
    assert entry is not None
    claimed = Statement(
        id=uuid.uuid4(),
        partner=partner,
        until=TODAY,
        vouchers=2,
        points=2 * PRICE,
        reimbursement_cents=2 * CENTS,
        actor=ACTOR,
        entry=entry,
    )
    with pytest.raises(IntegrityError, match="does not add up"), transaction.atomic():
        _save_checked(claimed)


def _save_checked(statement: Statement) -> None:
    statement.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_voucher_enters_no_statement_of_an_earlier_transaction(committed_db: None) -> None:
    partner = partner_opened()
    offer = offer_opened(partner)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    capture(taken(funded(100), offer))
    statement_close(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        until=paris_day(tomorrow),
        actor=ACTOR,
        now=tomorrow,
    )
    capture(taken(funded(100), offer))
    with pytest.raises(IntegrityError, match="enter statement"):
        Redemption.objects.filter(statement=None).update(statement=Statement.objects.get())


def test_a_statements_vouchers_come_in_pages_in_the_order_of_their_capture(
    partner: Partner, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouchers = [taken(funded(100), offer) for _ in range(5)]
    noon = day_begins(YESTERDAY) + dt.timedelta(hours=12)
    # The first two at the same moment, the others earlier and earlier.
    for place, voucher in enumerate(vouchers):
        with _captures_at(monkeypatch, noon - dt.timedelta(minutes=max(place - 1, 0))):
            capture(voucher)
    statement_id = uuid.UUID(str(_close(partner, TODAY)["id"]))
    expected = [voucher.id for voucher in (*vouchers[:1:-1], *vouchers[:2])]
    found: list[uuid.UUID] = []
    while page := statement_vouchers(
        statement_id=statement_id, after=found[-1] if found else None, limit=2
    ):
        found += [voucher.id for voucher in page]
    assert found == expected
    assert statement_vouchers(statement_id=statement_id, after=uuid.uuid4(), limit=2) == []
    with pytest.raises(errors.StatementUnknown):
        statement_vouchers(statement_id=uuid.uuid4(), after=None, limit=2)
