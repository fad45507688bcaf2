"""The client's most used names in one place; each topic has its own file beside this one.

Contract: ``docs/api/wallet.openapi.json``.
"""

from .http import WalletError, WalletRefused, WalletUnavailable, WalletUnknown
from .rewards import RewardView, Signals, reward_confirm, reward_get, reward_open, reward_void
from .wallets import SettlementView, WalletView, wallet_get, wallet_open

__all__ = [
    "RewardView",
    "SettlementView",
    "Signals",
    "WalletError",
    "WalletRefused",
    "WalletUnavailable",
    "WalletUnknown",
    "WalletView",
    "reward_confirm",
    "reward_get",
    "reward_open",
    "reward_void",
    "wallet_get",
    "wallet_open",
]
