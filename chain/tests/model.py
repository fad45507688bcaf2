"""What the contract must do, in a few lines of Python, and calls that no encoder of ours makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from eth_utils.address import to_checksum_address
from hypothesis import strategies as st

from chain.codec import MAX_LINES, MAX_NUMBER, MAX_POINTS, ZERO_ADDRESS, BatchDone, Operation
from chain.codec import encode_call as encode

ACCOUNTS: Final = tuple(to_checksum_address(bytes([index]) * 20) for index in range(1, 6))
BITS_IN_A_SLOT: Final = 256


class RawLine(NamedTuple):
    """A line that may be wrong: no account, no points, more than there is, nobody to receive."""

    account: str
    points: int
    recipient: str

    @property
    def word(self) -> bytes:
        return bytes.fromhex(self.account[2:]) + self.points.to_bytes(12, "big")


class RawBatch(NamedTuple):
    """A batch that may be wrong: empty, too long, of numbers that were used before."""

    operation: Operation
    first: int
    lines: Sequence[RawLine]

    @property
    def data(self) -> bytes:
        words = [line.word for line in self.lines]
        if self.operation is Operation.MOVE:
            recipients = [line.recipient for line in self.lines]
            signature = "moveBatch(uint64,bytes32[],address[])"
            return encode(signature, [self.first, words, recipients])
        return encode(f"{self.operation}Batch(uint64,bytes32[])", [self.first, words])


@dataclass
class Model:
    """The contract's state and rules."""

    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    used: set[int] = field(default_factory=set)
    paused: bool = False

    @property
    def supply(self) -> int:
        return sum(self.balances.values())

    def apply(self, batch: RawBatch) -> tuple[BatchDone, list[int]] | None:
        """The totals and the refused numbers; None when the call reverts and changes nothing."""
        if self.paused or not 1 <= len(batch.lines) <= MAX_LINES:
            return None
        applied = total = 0
        refused = []
        for number, line in enumerate(batch.lines, start=batch.first):
            if number in self.used:
                continue
            self.used.add(number)
            if self._moves(batch.operation, line):
                applied += 1
                total += line.points
            else:
                refused.append(number)
        done = BatchDone(
            batch.operation, batch.first, len(batch.lines), applied, len(refused), total
        )
        return done, refused

    def _moves(self, operation: Operation, line: RawLine) -> bool:
        spends = operation is not Operation.MINT
        if line.account == ZERO_ADDRESS or line.points == 0:
            return False
        if operation is Operation.MOVE and line.recipient == ZERO_ADDRESS:
            return False
        if spends and self.balances[line.account] < line.points:
            return False
        self.balances[line.account] += -line.points if spends else line.points
        if operation is Operation.MOVE:
            self.balances[line.recipient] += line.points
        return True


_accounts = st.sampled_from((*ACCOUNTS, *ACCOUNTS, ZERO_ADDRESS))
_points = st.one_of(
    st.integers(min_value=0, max_value=12),
    st.sampled_from([1_000_000, MAX_POINTS - 1, MAX_POINTS]),
)
_lines = st.builds(RawLine, _accounts, _points, _accounts)
_sizes = st.sampled_from([1, 1, 2, 3, 5, 8])
numbers = st.one_of(
    st.integers(min_value=0, max_value=20),
    # around the border of two storage slots …
    st.integers(min_value=1, max_value=3).flatmap(
        lambda slot: st.integers(slot * BITS_IN_A_SLOT - 6, slot * BITS_IN_A_SLOT + 2)
    ),
    # … and of what an argument can say: the lines' own numbers go beyond it
    st.integers(min_value=MAX_NUMBER - 4, max_value=MAX_NUMBER),
)
batches = st.builds(
    RawBatch,
    st.sampled_from(Operation),
    numbers,
    _sizes.flatmap(lambda size: st.lists(_lines, min_size=size, max_size=size)),
)
wrong_sizes = st.builds(
    lambda batch, size: batch._replace(lines=list(batch.lines[:1]) * size),
    batches,
    st.sampled_from([0, MAX_LINES + 1]),
)
