"""The truth behind the screens: the wallet's API, both databases, and the chain itself."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from web3 import Web3

from .system import System, eventually

_BALANCE_OF = [
    {
        "name": "balanceOf",
        "type": "function",
        "stateMutability": "view",
        "inputs": [{"name": "account", "type": "address"}],
        "outputs": [{"name": "", "type": "uint256"}],
    }
]


@dataclass(frozen=True)
class Ledger:
    """Reads only."""

    system: System

    def wallet(self, wallet_id: uuid.UUID) -> dict[str, Any]:
        """``GET /v1/wallets/{id}`` as the actions may ask it."""
        token = self.system.environment["WALLET_API_TOKEN_ACTIONS"]
        answer = httpx.get(
            f"{self.system.wallet_url}/v1/wallets/{wallet_id}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        body: dict[str, Any] = answer.raise_for_status().json()
        return body

    def wallet_of_report(self, reference: str) -> uuid.UUID:
        """The wallet number of the resident who reported and wants points, once it is drawn."""
        rows = eventually(
            lambda: self.console(
                "SELECT r.wallet_id FROM reports_report p JOIN citizens_resident r"
                " ON r.id = p.resident_id WHERE p.reference = %s",
                reference.replace("-", ""),
            ),
            lambda found: bool(found and found[0][0]),
            what="the wallet's number",
        )
        wallet_id: uuid.UUID = rows[0][0]
        return wallet_id

    def console(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the console's database."""
        return self._rows("DATABASE_URL", query, values)

    def ledger(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the wallet's database."""
        return self._rows("WALLET_DATABASE_URL", query, values)

    def balance_on_chain(self, address: str, contract_address: str) -> int:
        """``balanceOf``, asked of the node with nothing of ours in between."""
        node = Web3(Web3.HTTPProvider(self.system.environment["CHAIN_RPC_URL"]))
        contract = node.eth.contract(
            address=Web3.to_checksum_address(contract_address), abi=_BALANCE_OF
        )
        return int(contract.functions.balanceOf(Web3.to_checksum_address(address)).call())

    def _rows(self, url_name: str, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.system.environment[url_name]) as connection:
            return connection.execute(query, values).fetchall()
