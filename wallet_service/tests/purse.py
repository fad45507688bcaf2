"""What a wallet, a reward and a voucher must be, in a few lines: what the service is held to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field


@dataclass
class Purse:
    """A wallet's balances in points."""

    wallet_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    available: int = 0
    pending: int = 0
    held: int = 0
    recoverable: int = 0

    def receive(self, points: int, *, out_of_time: int = 0) -> None:
        """Spendable points come in; what is owed is taken from them at once, then those that have
        no time left expire."""
        self.available += points
        recovered = min(self.recoverable, self.available)
        self.available -= recovered
        self.recoverable -= recovered
        self.available -= max(out_of_time - recovered, 0)

    def take_back(self, points: int) -> None:
        """At most what is available; the rest is owed."""
        taken = min(self.available, points)
        self.available -= taken
        self.recoverable += points - taken

    @property
    def on_chain(self) -> int:
        return self.available + self.held


@dataclass
class Earned:
    """A reward: pending, posted, voided or reversed."""

    id: str
    purse: Purse
    points: int
    state: str


@dataclass
class Voucher:
    """A redemption: held, captured, cancelled, expired, refunded; closed once in a statement."""

    id: str
    code: str
    purse: Purse
    points: int
    state: str = "held"
    closed: bool = False
