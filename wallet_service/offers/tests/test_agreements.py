"""A partner's agreements share no day, whoever writes them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.tests.by_hand import execute
from wallet_service.offers import errors
from wallet_service.offers.domain import paris_day
from wallet_service.offers.models import Agreement, Partner
from wallet_service.offers.services.partners import agreement_add

from .shop import ACTOR, CLIENT, SIRETS, key, partner_opened

Together = Callable[..., list[Any]]
AsRuntime = Callable[[], AbstractContextManager[None]]
TODAY = paris_day(timezone.now())


def _add(partner: Partner, first: int, last: int) -> Answer:
    """An agreement from ``first`` to ``last``, in days from today."""
    return agreement_add(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        starts_on=TODAY + dt.timedelta(days=first),
        ends_on=TODAY + dt.timedelta(days=last),
        reference="CONV-2027-001",
        actor=ACTOR,
    )


@pytest.mark.parametrize(("first", "last"), [(10, 20), (-40, -30), (-40, 500), (365, 400)])
def test_agreements_that_share_a_day_are_refused(db: None, first: int, last: int) -> None:
    partner = partner_opened()  # from 30 days ago to in 365 days
    with pytest.raises(errors.AgreementOverlaps) as refused:
        _add(partner, first, last)
    assert refused.value.fields == {
        "starts_on": (TODAY - dt.timedelta(days=30)).isoformat(),
        "ends_on": (TODAY + dt.timedelta(days=365)).isoformat(),
    }
    assert Agreement.objects.count() == 1


def test_one_agreement_follows_the_other_without_a_gap(db: None) -> None:
    partner = partner_opened()
    _add(partner, 366, 400)
    _add(partner, -60, -31)
    _add(partner_opened(SIRETS[1]), 366, 400)
    assert Agreement.objects.count() == 5


def test_the_database_refuses_it_too(db: None, as_runtime: AsRuntime) -> None:
    partner = partner_opened()
    with as_runtime(), pytest.raises(IntegrityError, match="overlaps"):
        execute(
            "INSERT INTO offers_agreement (id, partner_id, starts_on, ends_on, reference, actor)"
            " VALUES (%s, %s, %s, %s, 'x', %s)",
            uuid.uuid4(),
            partner.id,
            TODAY + dt.timedelta(days=365),
            TODAY + dt.timedelta(days=366),
            ACTOR,
        )


def test_of_two_at_the_same_moment_one_is_refused(committed_db: None, together: Together) -> None:
    partner = partner_opened()
    outcomes = together(*[lambda: _add(partner, 366, 400)] * 4)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, errors.AgreementOverlaps) for outcome in outcomes) == 3
