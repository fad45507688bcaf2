"""A closed wallet that an older backup opens again is closed again, by entries, once."""

from __future__ import annotations

import pytest
from django.db import transaction

from wallet_service.ledger.models import JournalEntry, WalletClosure
from wallet_service.offers.domain import RedemptionState
from wallet_service.offers.models import Redemption
from wallet_service.offers.services.wallet_closing import wallet_close

from .shop import PRICE, balances, funded, offer_opened, partner_opened, taken


@pytest.mark.django_db
def test_a_wallet_of_a_restored_backup_is_closed_again_and_nothing_twice() -> None:
    wallet_id = funded(100)
    voucher = taken(wallet_id, offer_opened(partner_opened()))
    backup = transaction.savepoint()
    wallet_close(wallet_id=wallet_id)
    transaction.savepoint_rollback(backup)
    assert not WalletClosure.objects.exists()
    assert balances(wallet_id).available_points == 100 - PRICE

    wallet_close(wallet_id=wallet_id)
    left = balances(wallet_id)
    assert (left.available_points, left.held_points) == (0, 0)
    assert Redemption.objects.get(pk=voucher.pk).state == RedemptionState.CANCELLED
    kinds = list(JournalEntry.objects.filter(wallet_id=wallet_id).values_list("kind", flat=True))
    assert kinds.count("points_forfeited") == 1
    wallet_close(wallet_id=wallet_id)  # the next night
    assert JournalEntry.objects.filter(wallet_id=wallet_id).count() == len(kinds)
