"""The wallet of somebody who was erased (``docs/privacy.md``)."""

import uuid

from .http import WalletUnknown, request


def wallet_close(*, wallet_id: uuid.UUID) -> None:
    """Its points are forfeited, its vouchers void; repeating it changes nothing.

    One that the service never heard of is closed already.  Raises ``WalletUnavailable``.
    """
    try:
        request("PUT", f"/v1/wallets/{wallet_id}/closure", key=f"{wallet_id}:closure", final=())
    except WalletUnknown:
        return
