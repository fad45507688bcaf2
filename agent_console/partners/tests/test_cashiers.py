"""Cashiers: who they are, what was changed, and what nobody can rewrite."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from agent_console.citizens.models import Resident
from agent_console.partners.models import Cashier, ChangeKind
from agent_console.partners.selectors import cashier_of, cashiers_of, is_own_voucher
from agent_console.partners.services import (
    AlreadyCashier,
    cashier_create,
    cashier_set_active,
    cashier_update,
)

PARTNER = uuid.uuid4()


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("superviseure")


@pytest.fixture
def cashier(make_user: Callable[..., User], supervisor: User) -> Cashier:
    return cashier_create(
        user=make_user("caisse"), partner_id=PARTNER, site="Accueil", resident=None, by=supervisor
    )


def test_every_change_leaves_a_line_with_who_made_it(cashier: Cashier, supervisor: User) -> None:
    resident = Resident.objects.create(wallet_id=uuid.uuid4())
    cashier_update(cashier=cashier, site="Bassin", resident=resident, by=supervisor)
    cashier_update(cashier=cashier, site="Bassin", resident=resident, by=supervisor)
    cashier_set_active(cashier=cashier, active=False, by=supervisor)
    cashier_set_active(cashier=cashier, active=False, by=supervisor)
    lines = [(line.kind, line.site, line.is_resident_declared) for line in cashier.changes.all()]
    assert lines == [
        (ChangeKind.CREATED, "Accueil", False),
        (ChangeKind.UPDATED, "Bassin", True),
        (ChangeKind.DISABLED, "Bassin", True),
    ]
    assert {line.by for line in cashier.changes.all()} == {supervisor}


def test_an_account_stands_at_one_till(cashier: Cashier, supervisor: User) -> None:
    with pytest.raises(AlreadyCashier):
        cashier_create(
            user=cashier.user, partner_id=uuid.uuid4(), site="B", resident=None, by=supervisor
        )
    assert list(cashiers_of(partner_id=PARTNER)) == [cashier]


def test_a_disabled_cashier_is_no_cashier(cashier: Cashier) -> None:
    assert cashier_of(user=cashier.user) == cashier
    cashier_set_active(cashier=cashier, active=False, by=None)
    assert cashier_of(user=cashier.user) is None


def test_an_own_voucher_is_one_of_the_declared_residents_wallet(cashier: Cashier) -> None:
    wallet = uuid.uuid4()
    assert not is_own_voucher(cashier=cashier, wallet_id=wallet)
    resident = Resident.objects.create(wallet_id=wallet)
    declared = cashier_update(cashier=cashier, site="Accueil", resident=resident, by=None)
    assert is_own_voucher(cashier=declared, wallet_id=wallet)
    assert not is_own_voucher(cashier=declared, wallet_id=uuid.uuid4())


def test_a_resident_without_wallet_has_no_voucher(cashier: Cashier) -> None:
    resident = Resident.objects.create()
    declared = cashier_update(cashier=cashier, site="Accueil", resident=resident, by=None)
    assert not is_own_voucher(cashier=declared, wallet_id=uuid.uuid4())


@pytest.mark.parametrize(
    "verb", ["UPDATE partners_cashierchange SET site = 'x'", "DELETE FROM partners_cashierchange"]
)
def test_the_history_refuses_even_its_owner(cashier: Cashier, verb: str) -> None:
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
    assert cashier.changes.count() == 1


@pytest.mark.django_db
def test_the_runtime_role_may_add_to_the_history_only() -> None:
    with connection.cursor() as cursor:
        rights = {}
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            cursor.execute(
                "SELECT has_table_privilege(%s, 'partners_cashierchange', %s)",
                [settings.RUNTIME_ROLE, right],
            )
            rights[right] = cursor.fetchone()[0]
    assert rights == {"SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False}


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_cashier(make_user: Callable[..., User]) -> None:
    user = make_user("pressee")

    def create(site: str) -> bool:
        try:
            cashier_create(user=user, partner_id=PARTNER, site=site, resident=None, by=None)
        except AlreadyCashier:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(create, ["A", "B"]))
    assert sorted(made) == [False, True]
    assert Cashier.objects.filter(user=user).count() == 1
