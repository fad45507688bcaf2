"""The tutorial way: one contract transaction for each reward, wait for its receipt.

Written as web3.py's own documentation and every introduction to it do: a contract object, a
transaction built from it, signed, sent, and ``wait_for_transaction_receipt``. It has no ledger
behind it, so what it is compared with does more.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from web3 import HTTPProvider, Web3
from web3.types import TxReceipt

from chain.artifact import nudge_points
from chain.codec import Line, pack_line

from .figures import Settled


class Tutorial:
    """A contract of its own on the node that is measured, with one key for all roles."""

    def __init__(self, rpc_url: str) -> None:
        self._web3 = Web3(HTTPProvider(rpc_url))
        self._account = self._web3.eth.account.create()
        artifact = nudge_points()
        creation = self._web3.eth.contract(
            abi=artifact.abi, bytecode=artifact.bytecode
        ).constructor(self._account.address)
        receipt = self._send(creation)
        self._contract = self._web3.eth.contract(
            address=receipt["contractAddress"], abi=artifact.abi
        )
        role = self._contract.functions.ISSUER_ROLE().call()
        self._send(self._contract.functions.grantRole(role, self._account.address))
        self._people = [Web3.to_checksum_address(secrets.token_bytes(20)) for _ in range(20)]
        self._number = 0
        for person in self._people:
            self._reward(person)

    def reward(self, *, rewards: int) -> Settled:
        """Give that many, one after the other, to recipients that the contract knows."""
        gas = 0
        start = time.monotonic()
        for index in range(rewards):
            gas += self._reward(self._people[index % len(self._people)])
        return Settled(rewards, rewards, gas, time.monotonic() - start)

    def _reward(self, person: str) -> int:
        line = pack_line(Line(person, 1))
        receipt = self._send(self._contract.functions.mintBatch(self._number, [line]))
        self._number += 1
        return int(receipt["gasUsed"])

    def _send(self, call: Any) -> TxReceipt:
        transaction = call.build_transaction(
            {
                "from": self._account.address,
                "nonce": self._web3.eth.get_transaction_count(self._account.address),
                "gasPrice": 0,
            }
        )
        signed = self._account.sign_transaction(transaction)
        sent = self._web3.eth.send_raw_transaction(signed.raw_transaction)
        receipt = self._web3.eth.wait_for_transaction_receipt(sent)
        assert receipt["status"] == 1
        return receipt
