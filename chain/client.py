"""What we ask of the chain node, over web3's HTTP provider: bounded in time, typed in its failures.

Only standard ``eth_`` calls, so that anvil and Besu are the same to it.  The provider carries the
requests; web3's contract builders are left out, because they cost far more than the calls that
they build (``chain.codec`` encodes those with ``eth_abi``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import requests
from eth_abi.abi import decode as abi_decode
from web3.exceptions import Web3Exception
from web3.providers.rpc import HTTPProvider
from web3.types import RPCEndpoint

from chain.codec import Role, encode_call, role_id

_TIMEOUT_S: Final = (2.0, 10.0)  # to connect, to answer
_REQUESTS_AT_ONCE: Final = 100


class ChainError(Exception):
    """Any failure to get a good answer from the node."""


class ChainUnavailable(ChainError):
    """The node is away, too slow or answers nonsense: the same call may work later."""


class ChainRefused(ChainError):
    """The node answered with a JSON-RPC error. ``code`` and ``message`` are the node's own."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"{method}: {message} ({code})")
        self.code = code
        self.message = message


class SendOutcome(Enum):
    """What became of a raw transaction handed to the node."""

    ACCEPTED = "accepted"
    KNOWN = "known"  # already waiting in the pool, or mined
    NONCE_USED = "nonce_used"  # the sender's nonce is past it: look for the receipt


# What nodes say for the same two facts (anvil, Besu, geth), in lower case.
_KNOWN: Final = ("already known", "already imported", "known transaction", "known_transaction")
_NONCE_USED: Final = ("nonce too low", "nonce_too_low", "nonce is too low")


@dataclass(frozen=True)
class Receipt:
    """``logs`` are JSON-RPC objects for ``chain.codec``; ``contract`` is set for a creation."""

    transaction_hash: str
    succeeded: bool
    block_number: int
    block_hash: str
    gas_used: int
    recipient: str | None
    contract: str | None
    logs: tuple[dict[str, Any], ...]


class ChainClient:
    """One HTTP connection pool to one node, for one thread. Close it, or use ``with``."""

    def __init__(self, rpc_url: str, *, timeout_s: tuple[float, float] = _TIMEOUT_S) -> None:
        self.rpc_url = rpc_url
        self._session = requests.Session()
        # A proxy variable of the machine must not see a private chain's traffic.
        self._session.trust_env = False
        self._provider = HTTPProvider(
            rpc_url,
            request_kwargs={"timeout": timeout_s},
            session=self._session,
            exception_retry_configuration=None,  # the relayer decides when to ask again
        )

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> ChainClient:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def chain_id(self) -> int:
        """The id that the node signs for; every method raises ``ChainError`` kinds."""
        return _quantity(self._one("eth_chainId", []))

    def block_number(self) -> int:
        return _quantity(self._one("eth_blockNumber", []))

    def nonce(self, address: str) -> int:
        """How many transactions of ``address`` are mined."""
        return _quantity(self._one("eth_getTransactionCount", [address, "latest"]))

    def code(self, address: str) -> bytes:
        """The code at ``address``; empty where there is none."""
        return _data(self._one("eth_getCode", [address, "latest"]))

    def send_raw(self, raw: bytes) -> SendOutcome:
        """Hand over a signed transaction; sending the same bytes again is harmless."""
        try:
            self._one("eth_sendRawTransaction", ["0x" + raw.hex()])
        except ChainRefused as refusal:
            said = refusal.message.lower()
            if any(words in said for words in _KNOWN):
                return SendOutcome.KNOWN
            if any(words in said for words in _NONCE_USED):
                return SendOutcome.NONCE_USED
            raise
        return SendOutcome.ACCEPTED

    def receipts(self, hashes: Sequence[str]) -> list[Receipt | None]:
        """One receipt for each hash, None where the transaction is not mined (yet)."""
        return [
            _receipt(answer) if answer else None
            for answer in self._many("eth_getTransactionReceipt", [[h] for h in hashes])
        ]

    def call(self, to: str, data: bytes, *, block_number: int | None = None) -> bytes:
        """Run a read-only call and return its output; latest block unless given."""
        block = "latest" if block_number is None else hex(block_number)
        return _data(self._one("eth_call", [{"to": to, "data": "0x" + data.hex()}, block]))

    def balances(self, contract: str, accounts: Sequence[str], *, block_number: int) -> list[int]:
        """``balanceOf`` for each account, all of the same block, in points."""
        calls = [
            [
                {"to": contract, "data": "0x" + encode_call("balanceOf(address)", [account]).hex()},
                hex(block_number),
            ]
            for account in accounts
        ]
        return [int.from_bytes(_data(answer), "big") for answer in self._many("eth_call", calls)]

    def total_supply(self, contract: str, *, block_number: int | None = None) -> int:
        """Points on the chain, all accounts together; latest block unless given."""
        data = encode_call("totalSupply()")
        return int.from_bytes(self.call(contract, data, block_number=block_number), "big")

    def is_paused(self, contract: str) -> bool:
        return bool(int.from_bytes(self.call(contract, encode_call("paused()")), "big"))

    def has_role(self, contract: str, role: Role, account: str) -> bool:
        data = encode_call("hasRole(bytes32,address)", [role_id(role), account])
        return bool(int.from_bytes(self.call(contract, data), "big"))

    def version(self, contract: str) -> str:
        (text,) = abi_decode(["string"], self.call(contract, encode_call("version()")))
        return str(text)

    def logs(
        self,
        contract: str,
        topics: Sequence[str | None],
        *,
        first_block: int,
        last_block: int,
    ) -> list[dict[str, Any]]:
        """Events of ``contract``, for ``chain.codec``; a topic of None matches any."""
        wanted = {
            "address": contract,
            "topics": list(topics),
            "fromBlock": hex(first_block),
            "toBlock": hex(last_block),
        }
        answer = self._one("eth_getLogs", [wanted])
        return list(answer)

    def ask(self, method: str, params: list[Any]) -> Any:
        """Any other call, its result as the node gave it."""
        return self._one(method, params)

    def _one(self, method: str, params: list[Any]) -> Any:
        return self._many(method, [params])[0]

    def _many(self, method: str, calls: Sequence[list[Any]]) -> list[Any]:
        """One JSON-RPC batch for each hundred calls, answers in the order of the calls."""
        answers: list[Any] = []
        for start in range(0, len(calls), _REQUESTS_AT_ONCE):
            part = calls[start : start + _REQUESTS_AT_ONCE]
            with _transport_failures():
                items = self._provider.make_batch_request(
                    [(RPCEndpoint(method), params) for params in part]
                )
            answers.extend(_answers(method, items, len(part)))
        return answers


def _answers(method: str, items: Any, count: int) -> list[Any]:
    """The results of a batch, which the provider has put in the order of its calls."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ChainUnavailable(f"{method}: the node did not answer with a list")
    for item in items:
        error = item.get("error")
        if error is not None:
            raise ChainRefused(method, int(error.get("code", 0)), str(error.get("message", "")))
    if len({item.get("id") for item in items}) != count:
        raise ChainUnavailable(f"{method}: the node left answers out")
    return [item.get("result") for item in items]


@contextmanager
def _transport_failures() -> Iterator[None]:
    try:
        yield
    # What is no list of answers fails in the provider in many ways: none of them is an answer.
    except (requests.RequestException, Web3Exception, ValueError, TypeError, AttributeError) as exc:
        raise ChainUnavailable(type(exc).__name__) from exc


def _quantity(value: Any) -> int:
    return int(str(value), 16)


def _data(value: Any) -> bytes:
    return bytes.fromhex(str(value).removeprefix("0x"))


def _receipt(answer: dict[str, Any]) -> Receipt:
    return Receipt(
        transaction_hash=answer["transactionHash"],
        succeeded=_quantity(answer["status"]) == 1,
        block_number=_quantity(answer["blockNumber"]),
        block_hash=answer["blockHash"],
        gas_used=_quantity(answer["gasUsed"]),
        recipient=answer.get("to"),
        contract=answer.get("contractAddress"),
        logs=tuple(answer["logs"]),
    )
