"""Bringing the wallets of a merge to what it says: level-triggered, however often it runs."""

import uuid

from django.db import transaction
from django.utils import timezone

from agent_console.citizens.models import ResidentMerge
from agent_console.citizens.services import wallet_of_merge
from agent_console.wallet.http import WalletRefused
from agent_console.wallet.merges import wallets_merge, wallets_unmerge
from agent_console.wallet.wallets import wallet_open


def wallets_synchronise(*, merge_id: uuid.UUID) -> None:
    """Make the wallets of a merge one, or two again.

    The wallet's answers are kept under the merge's number, so a crash at any moment is repeated
    away.  Raises ``WalletError`` when the wallet can't do it now.
    """
    merge = ResidentMerge.objects.select_related("kept", "merged").get(pk=merge_id)
    if merge.wallets_at is not None:
        return
    source = merge.merged.wallet_id
    if source is not None:
        if merge.undone_at is None:
            target = wallet_of_merge(resident_id=merge.kept_id)
            wallet_open(source)
            wallet_open(target)
            wallets_merge(merge_id=merge.pk, source_id=source, target_id=target)
        else:
            _apart(merge.pk)
    _record(merge)


def _apart(merge_id: uuid.UUID) -> None:
    try:
        wallets_unmerge(merge_id=merge_id)
    except WalletRefused as refusal:
        if refusal.code != "merge_unknown":  # undone before the wallet had heard of it
            raise


@transaction.atomic
def _record(merge: ResidentMerge) -> None:
    """Only when nobody undid it meanwhile: that has a job of its own."""
    ResidentMerge.objects.filter(pk=merge.pk, undone_at=merge.undone_at).update(
        wallets_at=timezone.now()
    )
