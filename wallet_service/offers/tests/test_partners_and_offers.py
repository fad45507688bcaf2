"""Partners by their SIRET, agreements by their days, offers with a history that can't be forged."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from wallet_service.ledger.models import Wallet
from wallet_service.offers import errors
from wallet_service.offers.domain import OfferState, PartnerKind, PartnerState, paris_day
from wallet_service.offers.models import Offer, OfferChange, Partner, PartnerChange
from wallet_service.offers.services.offers import offer_change, offer_create
from wallet_service.offers.services.partners import agreement_add, partner_change, partner_create

from .shop import (
    ACTOR,
    CLIENT,
    SIRETS,
    cancel,
    funded,
    key,
    offer_opened,
    partner_opened,
    stock_taken,
    take,
    taken,
    terms,
)

AsRuntime = Callable[[], AbstractContextManager[None]]
OTHER = uuid.UUID("0b000000-0000-4000-8000-00000000000b")


def _create(siret: str, **more: Any) -> Any:
    asked: dict[str, Any] = {"key": key(), "name": "Boulangerie", "actor": ACTOR} | more
    return partner_create(client=CLIENT, siret=siret, kind=PartnerKind.PARTNER, **asked)


def _change(offer: Offer, *, version: int | None = None, **changes: Any) -> Any:
    return offer_change(
        client=CLIENT, key=key(), offer_id=offer.id, changes=changes, actor=OTHER, version=version
    )


def test_a_partner_has_an_account_and_no_agreement_yet(db: None) -> None:
    body = _create("732 829 320 00074").body
    assert (body["siret"], body["state"], body["agreements"]) == (SIRETS[0], "active", [])
    assert body["in_force"] is False
    assert Wallet.objects.get(id=body["id"]).holder == "partner"


@pytest.mark.parametrize(
    "siret", ["73282932000075", "7328293200007", "00000000000001", "", "²" * 14]
)
def test_a_wrong_siret_is_refused(db: None, siret: str) -> None:
    with pytest.raises(errors.SiretInvalid):
        _create(siret)
    assert not Partner.objects.exists()


def test_a_post_office_is_a_partner_too(db: None) -> None:
    # La Poste's establishments do not follow the Luhn check: their digits add up to a multiple
    # of 5.
    assert _create("35600000049837").status == 201


def test_one_partner_per_siret_and_one_answer_per_key(db: None) -> None:
    first = _create(SIRETS[0], key="same")
    assert _create(SIRETS[0], key="same").body == first.body
    with pytest.raises(errors.PartnerExists):
        _create(SIRETS[0])


def test_a_change_is_kept_with_its_author_and_nothing_changed_is_no_change(db: None) -> None:
    partner = partner_opened()
    for _ in range(2):
        body = partner_change(
            client=CLIENT,
            key=key(),
            partner_id=partner.id,
            actor=OTHER,
            name="Bassin",
            state=PartnerState.SUSPENDED,
        ).body
    assert (body["name"], body["state"], body["version"]) == ("Bassin", "suspended", 2)
    change = PartnerChange.objects.get(partner=partner, version=2)
    assert change.before is not None
    assert (change.before["name"], change.after["name"]) == (partner.name, "Bassin")
    assert change.actor == OTHER
    with pytest.raises(errors.PartnerChanged):
        partner_change(client=CLIENT, key=key(), partner_id=partner.id, actor=OTHER, version=1)
    with pytest.raises(errors.PartnerUnknown):
        partner_change(client=CLIENT, key=key(), partner_id=OTHER, actor=OTHER)


def test_agreements_have_dates_in_order(db: None) -> None:
    partner, today = partner_opened(), paris_day(timezone.now())
    with pytest.raises(errors.AgreementDatesInvalid):
        agreement_add(
            client=CLIENT,
            key=key(),
            partner_id=partner.id,
            starts_on=today,
            ends_on=today - dt.timedelta(days=1),
            reference="CONV",
            actor=ACTOR,
        )


def test_an_offer_lies_within_agreements(db: None) -> None:
    partner = partner_opened(days=10)
    now = timezone.now()
    offer = offer_opened(partner, valid_until=now + dt.timedelta(days=10))
    for until in (now + dt.timedelta(days=11), now + dt.timedelta(days=400)):
        with pytest.raises(errors.AgreementNotInForce):
            offer_opened(partner, valid_until=until)
        with pytest.raises(errors.AgreementNotInForce):
            _change(offer, valid_until=until)
    with pytest.raises(errors.OfferDatesInvalid):
        _change(offer, valid_until=offer.valid_from)
    # The next agreement follows without a gap.
    today = paris_day(now)
    agreement_add(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        starts_on=today + dt.timedelta(days=11),
        ends_on=today + dt.timedelta(days=20),
        reference="CONV-2",
        actor=ACTOR,
    )
    assert _change(offer, valid_until=now + dt.timedelta(days=20)).status == 200


def test_an_offer_of_nobody_is_refused(db: None) -> None:
    with pytest.raises(errors.PartnerUnknown):
        offer_create(client=CLIENT, key=key(), partner_id=OTHER, terms=terms(), actor=ACTOR)


def test_every_version_of_an_offer_is_kept(db: None) -> None:
    offer = offer_opened(partner_opened(), stock=5)
    assert _change(offer, title="Autre titre", stock=None, version=1).body["version"] == 2
    assert _change(offer, title="Autre titre").body["version"] == 2
    with pytest.raises(errors.OfferChanged):
        _change(offer, title="Encore", version=1)
    first, second = OfferChange.objects.filter(offer=offer).order_by("version")
    assert (first.before, first.actor, first.after["title"]) == (None, ACTOR, offer.title)
    assert second.before == first.after
    assert (second.after["title"], second.after["stock"], second.actor) == (
        "Autre titre",
        None,
        OTHER,
    )


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ([OfferState.PUBLISHED, OfferState.WITHDRAWN, OfferState.PUBLISHED], False),
        ([OfferState.WITHDRAWN], False),
        ([OfferState.PUBLISHED, OfferState.DRAFT], True),
    ],
)
def test_an_offer_goes_through_its_states(db: None, path: list[OfferState], refused: bool) -> None:
    offer = offer_opened(partner_opened(), state=OfferState.DRAFT)
    for state in path[:-1]:
        _change(offer, state=state)
    if refused:
        with pytest.raises(errors.OfferStateRefused):
            _change(offer, state=path[-1])
    else:
        assert _change(offer, state=path[-1]).body["state"] == path[-1]


def test_stock_counts_what_was_taken_before_it_had_an_end(db: None) -> None:
    offer, wallet_id = offer_opened(partner_opened()), funded(1000)
    given_back = taken(wallet_id, offer)
    take(wallet_id, offer)
    take(wallet_id, offer)
    cancel(given_back)
    with pytest.raises(errors.StockBelowTaken):
        _change(offer, stock=1)
    body = _change(offer, stock=3).body
    assert (body["stock"], body["taken"], body["left"]) == (3, 2, 1)
    take(wallet_id, offer)
    with pytest.raises(errors.OutOfStock):
        take(wallet_id, offer)
    assert _change(offer, stock=4).body["left"] == 1
    assert stock_taken(offer) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE offers_offer SET title = 'x'",
        "UPDATE offers_offer SET version = version + 2",
        "UPDATE offers_offer SET partner_id = gen_random_uuid(), version = version + 1",
        "UPDATE offers_partner SET siret = '41816609600069', version = version + 1",
        "UPDATE offers_offerchange SET actor = gen_random_uuid()",
        "DELETE FROM offers_offerchange",
        "DELETE FROM offers_offer",
        "DELETE FROM offers_offerstock",
        "UPDATE offers_agreement SET ends_on = '2100-01-01'",
        "UPDATE offers_offerstock SET taken = total + 1",
        "UPDATE offers_offerstock SET taken = -1",
        "INSERT INTO offers_offerchange (offer_id, version, after, actor)"
        " SELECT id, 9, '{}', gen_random_uuid() FROM offers_offer",
    ],
)
def test_the_database_itself_keeps_the_history(db: None, statement: str) -> None:
    offer_opened(partner_opened(), stock=5)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_runtime_role_cannot_rewrite_what_was_agreed(db: None, as_runtime: AsRuntime) -> None:
    partner = partner_opened()
    with as_runtime():
        offer = offer_opened(partner, stock=2)
        _change(offer, title="Autre titre")
        for statement in (
            "UPDATE offers_agreement SET ends_on = '2100-01-01'",
            "UPDATE offers_partner SET siret = '0'",
            "UPDATE offers_redemption SET points = 1",
            "UPDATE offers_statement SET points = 1",
            "DELETE FROM offers_dispute",
            "TRUNCATE offers_offerchange",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
