"""Codes can't be tried until one of them is somebody's voucher."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.partners.access import CAPTURE_VOUCHERS
from agent_console.partners.models import Cashier, CodeMiss
from agent_console.partners.selectors import MISSES_MAX, MISSES_WITHIN
from agent_console.partners.services import cashier_create
from agent_console.wallet.tests.fake_wallet import PARTNER, FakeWallet
from service_kit import voucher_code

pytestmark = pytest.mark.django_db


def guess(till: Client, times: int) -> list[int]:
    return [till.get(f"/partners/v/{voucher_code.draw()}").status_code for _ in range(times)]


def test_after_too_many_unknown_codes_the_wallet_is_not_asked(
    till: Client, wallet: FakeWallet
) -> None:
    code = wallet.voucher()
    assert guess(till, MISSES_MAX) == [409] * MISSES_MAX
    wallet.calls.clear()
    page = till.get(f"/partners/v/{code}")
    assert page.status_code == 429
    assert "Trop de codes inconnus" in page.text
    assert till.post(f"/partners/v/{code}/capture", {"key": uuid.uuid4()}).status_code == 429
    asked = {"key": uuid.uuid4(), "reason": "other"}
    assert till.post(f"/partners/v/{code}/problem", asked).status_code == 429
    assert wallet.calls == []


def test_every_way_of_trying_a_code_counts(till: Client, wallet: FakeWallet) -> None:
    others = wallet.voucher(partner=uuid.uuid4())
    till.get(f"/partners/v/{others}")
    till.post(f"/partners/v/{voucher_code.draw()}/capture", {"key": uuid.uuid4()})
    asked = {"key": uuid.uuid4(), "reason": "other"}
    till.post(f"/partners/v/{voucher_code.draw()}/problem", asked)
    assert CodeMiss.objects.count() == 3


def test_vouchers_of_the_partner_do_not_count(till: Client, wallet: FakeWallet) -> None:
    for state in ("held", "captured", "cancelled", "expired"):
        till.get(f"/partners/v/{wallet.voucher(state=state)}")
    assert not CodeMiss.objects.exists()


def test_a_colleague_is_not_slowed_and_time_helps(
    till: Client, cashier: Cashier, wallet: FakeWallet, make_user: Callable[..., User]
) -> None:
    code = wallet.voucher()
    guess(till, MISSES_MAX)
    user = make_user("collegue", CAPTURE_VOUCHERS)
    cashier_create(user=user, partner_id=PARTNER, site="Accueil", resident=None, by=None)
    colleague = Client()
    colleague.force_login(user)
    assert colleague.get(f"/partners/v/{code}").status_code == 200

    CodeMiss.objects.filter(cashier=cashier).update(at=timezone.now() - MISSES_WITHIN)
    assert till.get(f"/partners/v/{code}").status_code == 200
    assert guess(till, 1) == [409]
    assert CodeMiss.objects.filter(cashier=cashier).count() == 1
