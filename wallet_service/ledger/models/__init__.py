"""Tables of the ledger.

What the database enforces besides what is written here: rows can't be changed or removed by anybody
(``migrations/0002_append_only``); balances and what is left of a lot move only by the triggers on
posting and lot movement (``0003_balances``); an entry is written with its postings, its settlement
intent and its lots in one statement, they agree, and nothing is added later
(``0005_entries_settle``).  Keys that those checks already imply are not checked a second time.
"""

from .issuing import IssuingStop
from .journal import JournalEntry, Posting, SettlementIntent
from .keys import IdempotencyKey
from .lots import Lot, LotMovement
from .merges import WalletClosure, WalletMerge
from .notices import ExpiryNotice, LotNotice
from .wallets import ADDRESS_CHARS, Account, Wallet

__all__ = [
    "ADDRESS_CHARS",
    "Account",
    "ExpiryNotice",
    "IdempotencyKey",
    "IssuingStop",
    "JournalEntry",
    "Lot",
    "LotMovement",
    "LotNotice",
    "Posting",
    "SettlementIntent",
    "Wallet",
    "WalletClosure",
    "WalletMerge",
]
