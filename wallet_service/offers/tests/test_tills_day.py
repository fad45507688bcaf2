"""A till's day: all of it is summed up, however many vouchers a page shows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.utils import timezone

from wallet_service.offers import errors
from wallet_service.offers.domain import day_begins, paris_day
from wallet_service.offers.models import Partner, Redemption
from wallet_service.offers.selectors.redemptions import (
    CapturesTotal,
    captures_page,
    captures_total,
)

from .shop import CENTS, PRICE, SIRETS, capture, funded, offer_opened, partner_opened, taken

TODAY = paris_day(timezone.now())
At = Callable[[dt.datetime], AbstractContextManager[None]]


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_opened()


@pytest.fixture
def captured(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> list[Redemption]:
    """Five vouchers of yesterday in the order of a page: newest first, two at the same moment."""
    offer = offer_opened(partner)
    midnight = day_begins(TODAY)
    vouchers = [taken(funded(100), offer) for _ in range(7)]
    elsewhere = taken(funded(100), offer_opened(partner_opened(SIRETS[1])))
    noon = midnight - dt.timedelta(hours=12)
    moments = [
        *[noon - dt.timedelta(minutes=number) for number in range(4)],
        noon - dt.timedelta(minutes=3),
        midnight,
        day_begins(TODAY - dt.timedelta(days=1)) - dt.timedelta(microseconds=1),
    ]
    for voucher, moment in zip([*vouchers, elsewhere], [*moments, noon], strict=True):
        with monkeypatch.context() as patched:
            patched.setattr("django.utils.timezone.now", lambda moment=moment: moment)
            capture(voucher)
    return [*vouchers[:3], vouchers[4], vouchers[3]]


def test_the_day_is_summed_up_whole_and_listed_in_pages(
    partner: Partner, captured: list[Redemption]
) -> None:
    day = TODAY - dt.timedelta(days=1)
    found: list[uuid.UUID] = []
    while page := captures_page(
        partner_id=partner.id, day=day, before=found[-1] if found else None, limit=2
    ):
        assert captures_total(partner_id=partner.id, day=day) == CapturesTotal(
            5, 5 * PRICE, 5 * CENTS
        )
        found += [voucher.id for voucher in page]
    assert found == [voucher.id for voucher in captured]


def test_a_voucher_of_another_day_is_no_place_to_go_on_from(
    partner: Partner, captured: list[Redemption]
) -> None:
    assert captures_page(partner_id=partner.id, day=TODAY, before=captured[0].id, limit=2) == []
    assert captures_total(partner_id=partner.id, day=TODAY).vouchers == 1


def test_an_unknown_partner_has_no_day(db: None) -> None:
    with pytest.raises(errors.PartnerUnknown):
        captures_page(partner_id=uuid.uuid4(), day=TODAY, before=None, limit=2)
