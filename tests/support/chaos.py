"""Load with a memory, and a hand that kills processes meanwhile."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .system import System, eventually
from .wallet_caller import WalletCaller

PAID_AT_ONCE = "chaos.deposit"
PAID_WHEN_CONFIRMED = "chaos.report"
PENDING_POINTS = 4
PRICE_POINTS = 3
_LONGEST_WORK_S = 2.0


@dataclass
class Books:
    """What must be in a wallet's statement: (kind, available afterwards), oldest first."""

    wallet_id: uuid.UUID
    available: int = 0
    held: int = 0
    pending: int = 0
    lines: list[tuple[str, int]] = field(default_factory=list)

    def note(self, kind: str, change: int = 0) -> None:
        self.available += change
        self.lines.append((kind, self.available))


class Life(threading.Thread):
    """Citizens who earn and spend, one act after the other, until told to stop.

    Every request is sent twice. What was answered is noted in the books of the wallet, which no
    other thread writes to; an answer that the books do not allow ends the thread with ``failure``.
    """

    def __init__(
        self, system: System, *, seed: int, wallets: int, partner_id: str, offer_id: str
    ) -> None:
        super().__init__(name=f"life-{seed}")
        self._caller = WalletCaller(system)
        self._chance = random.Random(seed)  # noqa: S311 - the same acts in every run
        self._partner_id = partner_id
        self._offer_id = offer_id
        self._cashier = str(uuid.uuid4())
        self._ending = threading.Event()
        self.books = [Books(uuid.uuid4()) for _ in range(wallets)]
        self.captured = 0
        self.failure: BaseException | None = None

    def stop(self) -> None:
        """Finish the act at hand and end; raises what ended the thread earlier."""
        self._ending.set()
        self.join(timeout=120)
        assert not self.is_alive(), f"{self.name} still waits for an answer"
        if self.failure is not None:
            raise self.failure

    def run(self) -> None:
        try:
            for books in self.books:
                self._caller.open_wallet(books.wallet_id)
            while not self._ending.is_set():
                act = self._chance.choice(
                    [self._deposit, self._deposits, self._report, self._redeem]
                )
                act(self._chance.choice(self.books))
        except BaseException as exc:  # told to the test by ``stop``
            self.failure = exc
        finally:
            self._caller.close()

    def _deposit(self, books: Books) -> None:
        quantity = self._chance.randint(1, 5)
        self._caller.made("POST", "/rewards", self._reward(books, PAID_AT_ONCE, quantity))
        books.note("reward_granted", quantity)

    def _deposits(self, books: Books) -> None:
        """Several in one request; each has its own answer."""
        items = [{"key": str(uuid.uuid4()), **self._reward(books, PAID_AT_ONCE, 1)} for _ in "123"]
        results = self._caller.made("POST", "/rewards/bulk", {"items": items})["results"]
        for item, result in zip(items, results, strict=True):
            assert (result["key"], result["status"]) == (item["key"], 201), result
            books.note("reward_granted", 1)

    def _report(self, books: Books) -> None:
        reward = self._caller.made("POST", "/rewards", self._reward(books, PAID_WHEN_CONFIRMED, 1))
        books.note("reward_pending")
        if self._chance.random() < 0.7:
            self._caller.made("POST", f"/rewards/{reward['id']}/confirm")
            books.note("reward_posted", PENDING_POINTS)
        else:
            reason = {"reason": "evidence_rejected"}
            self._caller.made("POST", f"/rewards/{reward['id']}/void", reason)
            books.note("reward_voided")

    def _redeem(self, books: Books) -> None:
        wish = {"wallet_id": str(books.wallet_id), "offer_id": self._offer_id, "channel": "web"}
        status, redemption = self._caller.write("POST", "/redemptions", wish)
        if books.available < PRICE_POINTS:
            assert (status, redemption["code"]) == (409, "insufficient_points"), redemption
            return
        assert status == 201, redemption
        books.note("redemption_held", -PRICE_POINTS)
        if self._chance.random() < 0.7:
            capture = {
                "partner_id": self._partner_id,
                "cashier": self._cashier,
                "site": "Entrée nord",
                "own_voucher": False,
            }
            self._caller.made("POST", f"/vouchers/{redemption['voucher_code']}/capture", capture)
            books.note("redemption_captured")
            self.captured += 1
        else:
            self._caller.made("POST", f"/redemptions/{redemption['id']}/cancel")
            books.note("redemption_released", PRICE_POINTS)

    def _reward(self, books: Books, rule: str, quantity: int) -> dict[str, object]:
        return {
            "wallet_id": str(books.wallet_id),
            "rule": rule,
            "evidence": str(uuid.uuid4()),
            "channel": "web",
            "quantity": quantity,
        }


def kill_at_random(
    system: System,
    names: Sequence[str],
    *,
    seed: int,
    seconds: float,
    at_work: Callable[[], object],
) -> dict[str, int]:
    """kill -9 the processes in random turn, each at least twice; returns how often each died.

    ``at_work`` is a figure that changes while work is done: a process dies a moment after it did,
    in the middle of its work, and not again and again while it starts.
    """
    chance = random.Random(seed)  # noqa: S311 - the same moments in every run
    killed = dict.fromkeys(names, 0)
    end = time.monotonic() + seconds
    while time.monotonic() < end or min(killed.values()) < 2:
        for name in chance.sample(names, k=len(names)):
            seen = at_work()
            eventually(at_work, lambda now, seen=seen: now != seen, what="work")  # type: ignore[misc]
            # A random moment is the point; nothing is waited for.
            time.sleep(chance.uniform(0, _LONGEST_WORK_S))
            system.kill_when_running(name)
            killed[name] += 1
    return killed


def statement(caller: WalletCaller, wallet_id: uuid.UUID) -> list[dict[str, object]]:
    """All entries of a wallet, oldest first."""
    items: list[dict[str, object]] = []
    cursor: str | None = None
    while True:
        query = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        page = caller.read(f"/wallets/{wallet_id}/entries", **query)
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items[::-1]
