"""Opening accounts for those who hold points."""

from __future__ import annotations

import os
import uuid

from django.db import transaction
from eth_utils.address import to_checksum_address

from ..domain import CITIZEN_KINDS, PARTNER_KINDS, HolderKind
from ..errors import HolderConflict
from ..models import Account, Wallet


def wallet_open(*, wallet_id: uuid.UUID) -> tuple[Wallet, bool]:
    """The citizen's wallet with this id and whether it was created now, with a random address.

    The id is the idempotency key.  Wallet and accounts are one transaction: a crash leaves both or
    neither, and of two concurrent calls one creates and the other waits, then finds.

    Raises ``HolderConflict`` when the id is a partner's.
    """
    return _holder_open(wallet_id, HolderKind.CITIZEN)


def partner_account_open(*, partner_id: uuid.UUID) -> Wallet:
    """The partner's account, opened like a wallet when there is none yet.

    Raises ``HolderConflict`` when the id is a citizen's.
    """
    return _holder_open(partner_id, HolderKind.PARTNER)[0]


def _holder_open(holder_id: uuid.UUID, holder: HolderKind) -> tuple[Wallet, bool]:
    address = to_checksum_address(os.urandom(20))
    with transaction.atomic():
        wallet, created = Wallet.objects.get_or_create(
            id=holder_id, defaults={"address": address, "holder": holder}
        )
        if created:
            kinds = CITIZEN_KINDS if holder is HolderKind.CITIZEN else PARTNER_KINDS
            Account.objects.bulk_create([Account(kind=kind, wallet=wallet) for kind in kinds])
            wallet.refresh_from_db(fields=["created_at"])
    if wallet.holder != holder:
        raise HolderConflict
    return wallet, created
