"""Two wallets of one person are one, and back (``docs/identity.md``)."""

import uuid

from .http import request


def wallets_merge(*, merge_id: uuid.UUID, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """The source's points are the target's from now on; repeating it changes nothing.

    Raises ``WalletRefused`` (``merge_conflict``), ``WalletUnknown``, ``WalletUnavailable``.
    """
    request(
        "POST",
        f"/v1/wallets/{target_id}/merges",
        key=f"{merge_id}:merge",
        json={"id": str(merge_id), "source_id": str(source_id)},
    )


def wallets_unmerge(*, merge_id: uuid.UUID) -> None:
    """Two wallets again; repeating it changes nothing.

    Raises ``WalletRefused`` (``merge_unknown``: they never were one), ``WalletUnavailable``.
    """
    request("POST", f"/v1/merges/{merge_id}/undo", key=f"{merge_id}:undo", final=("merge_unknown",))
