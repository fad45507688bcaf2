"""What goes into a call comes out of it, and what the contract would refuse never goes in."""

from __future__ import annotations

import pytest
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from chain import codec
from chain.codec import CodecError, Line, Operation, Role, encode_batch

CONTRACT = "0x" + "cc" * 20
ACCOUNT = "0x" + "a1" * 20
addresses = st.binary(min_size=20, max_size=20).filter(any).map(to_checksum_address)
points = st.integers(min_value=1, max_value=codec.MAX_POINTS)
numbers = st.integers(min_value=0, max_value=codec.MAX_NUMBER)


@given(
    operation=st.sampled_from([Operation.MINT, Operation.BURN]),
    first=numbers,
    lines=st.lists(st.builds(Line, addresses, points), min_size=1, max_size=codec.MAX_LINES),
)
def test_a_mint_or_burn_comes_back_as_it_went(
    operation: Operation, first: int, lines: list[Line]
) -> None:
    data = encode_batch(operation, first=first, lines=lines)

    assert data[:4] == codec.SELECTORS[operation]
    came_first, words = abi_decode(["uint64", "bytes32[]"], data[4:])
    assert (came_first, [_unpacked(word) for word in words]) == (first, lines)


@given(
    first=numbers,
    lines=st.lists(
        st.builds(Line, addresses, points, addresses), min_size=1, max_size=codec.MAX_LINES
    ),
)
def test_a_move_comes_back_as_it_went(first: int, lines: list[Line]) -> None:
    data = encode_batch(Operation.MOVE, first=first, lines=lines)

    assert data[:4] == codec.SELECTORS[Operation.MOVE]
    came_first, words, recipients = abi_decode(["uint64", "bytes32[]", "address[]"], data[4:])
    pairs = zip(words, recipients, strict=True)
    came = [_unpacked(word, to_checksum_address(recipient)) for word, recipient in pairs]
    assert (came_first, came) == (first, lines)


def _unpacked(word: bytes, recipient: str | None = None) -> Line:
    return Line(to_checksum_address(word[:20]), int.from_bytes(word[20:], "big"), recipient)


@pytest.mark.parametrize("amount", [0, -1, codec.MAX_POINTS + 1])
def test_points_out_of_range_are_refused(amount: int) -> None:
    with pytest.raises(CodecError):
        encode_batch(Operation.MINT, first=0, lines=[Line(ACCOUNT, amount)])


@pytest.mark.parametrize("account", [codec.ZERO_ADDRESS, "0x12", "not an address"])
def test_an_account_that_is_none_is_refused(account: str) -> None:
    with pytest.raises(CodecError):
        encode_batch(Operation.MINT, first=0, lines=[Line(account, 1)])


@pytest.mark.parametrize("count", [0, codec.MAX_LINES + 1])
def test_an_empty_or_too_long_batch_is_refused(count: int) -> None:
    with pytest.raises(CodecError):
        encode_batch(Operation.MINT, first=0, lines=[Line(ACCOUNT, 1)] * count)


def test_recipients_belong_to_moves() -> None:
    with pytest.raises(CodecError):
        encode_batch(Operation.MINT, first=0, lines=[Line(ACCOUNT, 1, ACCOUNT)])
    with pytest.raises(CodecError):
        encode_batch(Operation.MOVE, first=0, lines=[Line(ACCOUNT, 1)])


def _batch_done_log(*, address: str, first: int) -> dict[str, object]:
    topics = [
        codec.BATCH_DONE_TOPIC,
        codec.SELECTORS[Operation.MINT] + bytes(28),
        first.to_bytes(32, "big"),
    ]
    data = abi_encode(["uint256"] * 4, [3, 2, 1, 30])
    return {
        "address": address,
        "topics": ["0x" + topic.hex() for topic in topics],
        "data": "0x" + data.hex(),
    }


def test_the_totals_of_a_batch_are_read_from_its_event() -> None:
    done = codec.batch_done([_batch_done_log(address=CONTRACT, first=7)], contract=CONTRACT)

    assert done == codec.BatchDone(
        Operation.MINT, first=7, count=3, applied=2, refused=1, points=30
    )


def test_the_same_event_of_another_contract_does_not_count() -> None:
    log = _batch_done_log(address=ACCOUNT, first=7)

    assert codec.batch_done([log], contract=CONTRACT) is None


def test_a_grant_counts_for_its_role_and_account_only() -> None:
    topics = [
        codec.ROLE_GRANTED_TOPIC,
        codec.role_id(Role.ISSUER),
        bytes(12) + codec.address_bytes(ACCOUNT),
        bytes(32),
    ]
    logs = [{"address": CONTRACT, "topics": ["0x" + topic.hex() for topic in topics], "data": "0x"}]

    assert codec.granted(logs, contract=CONTRACT, role=Role.ISSUER, account=ACCOUNT)
    assert not codec.granted(logs, contract=CONTRACT, role=Role.REDEEMER, account=ACCOUNT)
    assert not codec.granted(logs, contract=CONTRACT, role=Role.ISSUER, account=CONTRACT)
    assert not codec.granted(logs, contract=ACCOUNT, role=Role.ISSUER, account=ACCOUNT)
