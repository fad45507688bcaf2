"""Calls of the contract as bytes, and its events as values.

Encodes with ``eth_abi`` directly: web3's contract builders cost about thirty times more for a batch
of 200 lines, and a batch's one ``BatchDone`` is read instead of hundreds of ``Transfer``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

MAX_LINES: Final = 200
"""Most lines in a batch (``MAX_LINES`` in the contract)."""
MAX_POINTS: Final = 2**96 - 1
"""Most points in a line: they share a 32-byte word with the 20-byte account."""
MAX_NUMBER: Final = 2**64 - 1
ZERO_ADDRESS: Final = "0x" + "00" * 20


class Operation(StrEnum):
    """What a batch does with its lines."""

    MINT = "mint"
    MOVE = "move"
    BURN = "burn"


class Role(StrEnum):
    """Roles of the contract, by the name they are hashed from; the admin's is the zero word."""

    ADMIN = "DEFAULT_ADMIN_ROLE"
    ISSUER = "ISSUER_ROLE"
    REDEEMER = "REDEEMER_ROLE"
    PAUSER = "PAUSER_ROLE"


@dataclass(frozen=True)
class Line:
    """``account`` receives (mint) or gives (move, burn) ``points`` (1 to 2**96-1);
    ``recipient`` is set for a move only."""

    account: str
    points: int
    recipient: str | None = None


@dataclass(frozen=True)
class BatchDone:
    """The contract's totals of one batch; ``count`` = applied + refused + already used."""

    operation: Operation
    first: int
    count: int
    applied: int
    refused: int
    points: int


@dataclass(frozen=True)
class Transfer:
    sender: ChecksumAddress
    recipient: ChecksumAddress
    points: int


class CodecError(ValueError):
    """A value that the contract's formats cannot carry, or a log that is not the event expected."""


_SIGNATURES: Final = {
    Operation.MINT: "mintBatch(uint64,bytes32[])",
    Operation.MOVE: "moveBatch(uint64,bytes32[],address[])",
    Operation.BURN: "burnBatch(uint64,bytes32[])",
}
SELECTORS: Final = {op: keccak(text=signature)[:4] for op, signature in _SIGNATURES.items()}
_OPERATIONS: Final = {selector: op for op, selector in SELECTORS.items()}

BATCH_DONE_TOPIC: Final = keccak(text="BatchDone(bytes4,uint256,uint256,uint256,uint256,uint256)")
LINE_REFUSED_TOPIC: Final = keccak(text="LineRefused(uint256,address,uint256)")
ROLE_GRANTED_TOPIC: Final = keccak(text="RoleGranted(bytes32,address,address)")
ROLE_REVOKED_TOPIC: Final = keccak(text="RoleRevoked(bytes32,address,address)")
PAUSED_TOPIC: Final = keccak(text="Paused(address)")
UNPAUSED_TOPIC: Final = keccak(text="Unpaused(address)")
TRANSFER_TOPIC: Final = keccak(text="Transfer(address,address,uint256)")


def address_bytes(address: str) -> bytes:
    """The 20 bytes of a ``0x`` address; raises ``CodecError``."""
    try:
        raw = bytes.fromhex(address.removeprefix("0x"))
    except ValueError as exc:
        raise CodecError("not a hexadecimal address") from exc
    if len(raw) != 20:
        raise CodecError("an address has 20 bytes")
    return raw


def pack_line(line: Line) -> bytes:
    """20 bytes of account, then 12 of points, big endian; raises ``CodecError``.

    Refuses here what the contract would refuse there (no points, the zero account), so that a
    number is never spent on a line that can have no effect.
    """
    if not 1 <= line.points <= MAX_POINTS:
        raise CodecError("a line carries 1 to 2**96-1 points")
    account = address_bytes(line.account)
    if account == bytes(20):
        raise CodecError("the zero address holds no points")
    return account + line.points.to_bytes(12, "big")


def encode_batch(operation: Operation, *, first: int, lines: Sequence[Line]) -> bytes:
    """Call data of one batch; line i has number ``first + i``. Raises ``CodecError``."""
    if not 1 <= len(lines) <= MAX_LINES:
        raise CodecError(f"a batch has 1 to {MAX_LINES} lines")
    if not 0 <= first <= MAX_NUMBER:
        raise CodecError("a number fits 64 bits")
    packed = [pack_line(line) for line in lines]
    if operation is not Operation.MOVE:
        if any(line.recipient is not None for line in lines):
            raise CodecError("only a move has recipients")
        return SELECTORS[operation] + abi_encode(["uint64", "bytes32[]"], [first, packed])
    recipients = []
    for line in lines:
        if line.recipient is None or address_bytes(line.recipient) == bytes(20):
            raise CodecError("each line of a move has a recipient")
        recipients.append(line.recipient)
    return SELECTORS[operation] + abi_encode(
        ["uint64", "bytes32[]", "address[]"], [first, packed, recipients]
    )


def encode_deployment(bytecode: bytes, *, admin: str) -> bytes:
    """Creation code of the contract with ``admin`` as its constructor's argument."""
    return bytecode + abi_encode(["address"], [admin])


def role_id(role: Role) -> bytes:
    """The 32-byte identifier of a role."""
    return bytes(32) if role is Role.ADMIN else keccak(text=role.value)


def encode_grant(role: Role, *, account: str) -> bytes:
    """Call data of ``grantRole``."""
    return encode_call("grantRole(bytes32,address)", [role_id(role), account])


def encode_revoke(role: Role, *, account: str) -> bytes:
    """Call data of ``revokeRole``."""
    return encode_call("revokeRole(bytes32,address)", [role_id(role), account])


def encode_pause(*, paused: bool) -> bytes:
    """Call data of ``pause`` or ``unpause``."""
    return encode_call("pause()" if paused else "unpause()")


def encode_call(signature: str, values: Sequence[object] = ()) -> bytes:
    """Call data of any function, for reads: ``encode_call("balanceOf(address)", [account])``."""
    types = signature[signature.index("(") + 1 : -1]
    return keccak(text=signature)[:4] + abi_encode(types.split(",") if types else [], values)


def batch_done(logs: Iterable[Mapping[str, Any]], *, contract: str) -> BatchDone | None:
    """The ``BatchDone`` that ``contract`` emitted among a receipt's JSON-RPC logs, or None.

    An event of the same form from another address does not count.
    """
    for topics, data in _events(logs, contract=contract, topic=BATCH_DONE_TOPIC):
        operation = _OPERATIONS.get(topics[1][:4])
        if operation is None:
            raise CodecError("BatchDone of an unknown operation")
        count, applied, refused, points = abi_decode(["uint256"] * 4, data)
        first = int.from_bytes(topics[2], "big")
        return BatchDone(operation, first, count, applied, refused, points)
    return None


def transfers(logs: Iterable[Mapping[str, Any]], *, contract: str) -> list[Transfer]:
    """Every ``Transfer`` that ``contract`` emitted, in order (zero address: minted or burnt)."""
    return [
        Transfer(
            to_checksum_address(topics[1][12:]),
            to_checksum_address(topics[2][12:]),
            int.from_bytes(data, "big"),
        )
        for topics, data in _events(logs, contract=contract, topic=TRANSFER_TOPIC)
    ]


def refused_numbers(logs: Iterable[Mapping[str, Any]], *, contract: str) -> list[int]:
    """Numbers of the lines that ``contract`` used up without effect."""
    return [
        int.from_bytes(topics[1], "big")
        for topics, _ in _events(logs, contract=contract, topic=LINE_REFUSED_TOPIC)
    ]


def granted(logs: Iterable[Mapping[str, Any]], *, contract: str, role: Role, account: str) -> bool:
    """Whether ``contract`` said that ``account`` received ``role``."""
    return _role_changed(logs, contract, ROLE_GRANTED_TOPIC, role, account)


def revoked(logs: Iterable[Mapping[str, Any]], *, contract: str, role: Role, account: str) -> bool:
    """Whether ``contract`` said that ``account`` lost ``role``."""
    return _role_changed(logs, contract, ROLE_REVOKED_TOPIC, role, account)


def pause_changed(logs: Iterable[Mapping[str, Any]], *, contract: str, paused: bool) -> bool:
    """Whether ``contract`` said that it is paused now (or no longer)."""
    topic = PAUSED_TOPIC if paused else UNPAUSED_TOPIC
    return any(True for _ in _events(logs, contract=contract, topic=topic))


def _role_changed(
    logs: Iterable[Mapping[str, Any]], contract: str, topic: bytes, role: Role, account: str
) -> bool:
    wanted = (role_id(role), bytes(12) + address_bytes(account))
    return any(
        (topics[1], topics[2]) == wanted
        for topics, _ in _events(logs, contract=contract, topic=topic)
    )


def _events(
    logs: Iterable[Mapping[str, Any]], *, contract: str, topic: bytes
) -> Iterable[tuple[list[bytes], bytes]]:
    # Compared as text: a batch's receipt holds hundreds of logs, of which one is wanted.
    wanted = "0x" + topic.hex()
    emitter = contract.lower()
    for log in logs:
        topics = log["topics"]
        if topics and topics[0].lower() == wanted and log["address"].lower() == emitter:
            yield [_unhex(value) for value in topics], _unhex(log["data"])


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
