"""Writes of the ledger.

All but ``points_expire_due`` belong to the caller's transaction, and are called last in it: what is
locked here stays locked to the commit.  A transaction deals with one wallet, except for
merges: they lock both.
"""

from ..journal_sql import Alongside
from .closing import closed_wallet_empty, closed_wallets_empty, wallet_mark_closed
from .corrections import TakenBack, correction_credit, correction_debit, points_take_back
from .expiry import (
    DueNotice,
    expiry_notice_acknowledge,
    expiry_notices_due,
    points_expire_due,
)
from .holds import capture_refund, hold_capture, hold_release, points_hold
from .issuing import issuing_is_stopped, issuing_resume, issuing_stop, issuing_stop_reason
from .merging import merged_points_follow, wallets_merge, wallets_unmerge
from .opening import partner_account_open, wallet_open
from .posting import EntryRequest, entries_post, entry_post, statement_burn

__all__ = [
    "Alongside",
    "DueNotice",
    "EntryRequest",
    "TakenBack",
    "capture_refund",
    "closed_wallet_empty",
    "closed_wallets_empty",
    "correction_credit",
    "correction_debit",
    "entries_post",
    "entry_post",
    "expiry_notice_acknowledge",
    "expiry_notices_due",
    "hold_capture",
    "hold_release",
    "issuing_is_stopped",
    "issuing_resume",
    "issuing_stop",
    "issuing_stop_reason",
    "merged_points_follow",
    "partner_account_open",
    "points_expire_due",
    "points_hold",
    "points_take_back",
    "statement_burn",
    "wallet_mark_closed",
    "wallet_open",
    "wallets_merge",
    "wallets_unmerge",
]
