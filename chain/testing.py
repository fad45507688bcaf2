"""A real chain node for tests: on a free port, stopped by its process id."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
from tenacity import (
    retry,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

from chain.client import ChainClient, ChainUnavailable, Receipt
from chain.node import HOST, anvil_arguments
from service_kit.ports import free_port

CHAIN_ID = 13055


@retry(
    retry=retry_if_result(lambda receipt: receipt is None),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.01),
)
def _receipt(client: ChainClient, transaction_hash: str) -> Receipt | None:
    (receipt,) = client.receipts([transaction_hash])
    return receipt


def mined(client: ChainClient, transaction_hash: str) -> Receipt:
    """The receipt, once the node has mined the transaction (it answers the sending before)."""
    receipt = _receipt(client, transaction_hash)
    assert receipt is not None
    return receipt


@dataclass
class TestNode:
    """An anvil process that a test may kill and start again, empty, on the same port."""

    __test__ = False  # not a test class, whatever its name

    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def rpc_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start an empty chain and return when it answers."""
        self._process = subprocess.Popen(
            anvil_arguments(self.port, CHAIN_ID),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """kill -9: everything the chain knew is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(timeout=10)
            self._process = None

    def client(self) -> ChainClient:
        return ChainClient(self.rpc_url)

    @contextlib.contextmanager
    def blocks_on_demand(self) -> Iterator[Callable[[], None]]:
        """While open, transactions wait in the pool until the function given is called."""
        self._control("evm_setAutomine", [False])
        try:
            yield self.mine
        finally:
            self._control("evm_setAutomine", [True])

    def mine(self) -> None:
        """Mine a block now."""
        self._control("evm_mine", [])

    def snapshot(self) -> object:
        """The chain as it is now, for ``revert``."""
        return self._control("evm_snapshot", [])

    def revert(self, snapshot: object) -> None:
        """Forget every block since ``snapshot``."""
        assert self._control("evm_revert", [snapshot]) is True

    def _control(self, method: str, params: list[object]) -> object:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = httpx.post(self.rpc_url, json=body, trust_env=False)
        answer.raise_for_status()
        assert "error" not in answer.json()
        return answer.json()["result"]

    @retry(
        retry=retry_if_exception_type(ChainUnavailable),
        stop=stop_after_delay(60),
        wait=wait_fixed(0.05),
        reraise=True,
    )
    def _wait_until_it_answers(self) -> None:
        with self.client() as client:
            assert client.chain_id() == CHAIN_ID


@contextlib.contextmanager
def running_node() -> Iterator[TestNode]:
    """An empty node for the length of the block."""
    node = TestNode()
    node.start()
    try:
        yield node
    finally:
        node.kill()
