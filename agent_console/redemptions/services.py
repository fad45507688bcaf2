"""What an operator does for a resident who calls."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.wallet import redemptions
from agent_console.wallet.redemptions import RedemptionView

from .models import ActKind, AssistedAct


class KeyReused(Exception):
    """The page's key already stands for another act; the page must be opened anew."""


def redeem_for(
    *,
    key: uuid.UUID,
    resident: Resident,
    offer_id: uuid.UUID,
    price_points: int,
    commune: str | None,
    actor: User,
) -> RedemptionView:
    """Exchange a caller's points for an offer; the same ``key`` returns the first voucher.

    ``price_points`` is what was read to the caller: at another price nothing is exchanged.

    Who acts is committed before the wallet is asked: after a crash in between, the repeated form
    finds its act written and asks with the same key, so nothing is redeemed twice or unsigned.

    Raises ``KeyReused``, ``WalletRefused``, ``WalletUnknown``, ``WalletUnavailable``.
    """
    assert resident.wallet_id is not None
    _note(key, ActKind.REDEEM, resident, offer_id, actor)
    return redemptions.redeem(
        key=f"console:redeem:{key}",
        wallet_id=resident.wallet_id,
        offer_id=offer_id,
        channel=ChannelCode.PHONE,
        price_points=price_points,
        commune=commune,
    )


def cancel_for(
    *, key: uuid.UUID, resident: Resident, redemption_id: uuid.UUID, actor: User
) -> RedemptionView:
    """Give a caller's points back before the voucher is used; repeating changes nothing.

    Raises as ``redeem_for``.
    """
    _note(key, ActKind.CANCEL, resident, redemption_id, actor)
    return redemptions.redemption_cancel(redemption_id)


@transaction.atomic
def _note(
    key: uuid.UUID, kind: ActKind, resident: Resident, subject: uuid.UUID, actor: User
) -> None:
    act, _ = AssistedAct.objects.get_or_create(
        id=key,
        defaults={"kind": kind, "resident": resident, "subject": subject, "actor": actor},
    )
    if (act.kind, act.resident_id, act.subject) != (kind, resident.pk, subject):
        raise KeyReused
