"""A remote signer with Web3Signer's JSON-RPC API: the keys stay in it, or in the vault behind it.

API: https://docs.web3signer.consensys.io/reference/api/json-rpc (``eth_accounts``,
``eth_signTransaction``). The chain id is the signer's own setting there (``--chain-id``); here it
is checked on what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import httpx
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from chain.signed import SignedTransactionError, signed_check
from chain.signer import SignedTransaction, SignerUnavailable, UnsignedTransaction

_TIMEOUT: Final = httpx.Timeout(10.0, connect=2.0)  # seconds


class RemoteSigner:
    """Signs for one address by asking ``eth_signTransaction``; one connection pool each."""

    def __init__(
        self,
        url: str,
        address: str,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._address = to_checksum_address(address)
        # A proxy variable of the machine must not see what is signed; trust in a private
        # authority comes from SSL_CERT_FILE all the same.
        self._client = httpx.Client(
            base_url=url, timeout=_TIMEOUT, transport=transport, trust_env=False
        )
        self._requests = 0

    @property
    def address(self) -> ChecksumAddress:
        return self._address

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """The signed bytes, read before they are believed.

        Raises ``SignerUnavailable`` when the signer does not answer, refuses, does not hold the
        key, or answers with anything but this transaction signed with this key.
        """
        asked = {
            "from": self._address,
            "gas": hex(transaction.gas),
            "gasPrice": "0x0",
            "value": "0x0",
            "nonce": hex(transaction.nonce),
            "data": "0x" + transaction.data.hex(),
        }
        if transaction.to is not None:
            asked["to"] = transaction.to
        answer = self._ask("eth_signTransaction", [asked])
        try:
            raw = bytes.fromhex(str(answer).removeprefix("0x"))
            return signed_check(raw, wanted=transaction, signer=self._address)
        except (ValueError, SignedTransactionError) as exc:
            raise SignerUnavailable(f"the remote signer's answer is not usable: {exc}") from exc

    def holds_key(self) -> bool:
        """Whether the signer lists our address; raises ``SignerUnavailable``."""
        accounts = self._ask("eth_accounts", [])
        if not isinstance(accounts, list):
            raise SignerUnavailable("the remote signer did not answer with a list of accounts")
        return self._address.lower() in {str(account).lower() for account in accounts}

    def _ask(self, method: str, params: Sequence[Any]) -> Any:
        self._requests += 1
        body = {"jsonrpc": "2.0", "id": self._requests, "method": method, "params": list(params)}
        try:
            answer = self._client.post("", json=body)
            answer.raise_for_status()
            said = answer.json()
        except (httpx.HTTPError, ValueError) as exc:
            raise SignerUnavailable(f"the remote signer: {type(exc).__name__}") from exc
        if not isinstance(said, dict) or said.get("id") != self._requests:
            raise SignerUnavailable("the remote signer did not answer what was asked")
        if said.get("error") is not None or "result" not in said:
            error = said.get("error")
            code = error.get("code") if isinstance(error, dict) else None
            raise SignerUnavailable(f"the remote signer refused {method} ({code})")
        return said["result"]

    def __repr__(self) -> str:
        return f"RemoteSigner({self._address})"
