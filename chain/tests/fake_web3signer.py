"""A small Web3Signer: its published JSON-RPC API over HTTP, with a key of its own in memory.

https://docs.web3signer.consensys.io/reference/api/json-rpc
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chain.signer import KeySigner, UnsignedTransaction


@dataclass
class FakeWeb3Signer:
    """``signers``: the keys it holds; ``chain_id``: what it was started with."""

    signers: list[KeySigner]
    chain_id: int
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: Any = None  # what it says instead of signing

    def respond(self, request: dict[str, Any]) -> dict[str, Any]:
        envelope = {"jsonrpc": "2.0", "id": request["id"]}
        self.asked.append(request)
        if self.answer is not None:
            return {**envelope, "result": self.answer}
        if request["method"] == "eth_accounts":
            return {**envelope, "result": [signer.address.lower() for signer in self.signers]}
        if request["method"] != "eth_signTransaction":
            return {**envelope, "error": {"code": -32601, "message": "Method not found"}}
        (asked,) = request["params"]
        by = {signer.address.lower(): signer for signer in self.signers}
        signer = by.get(asked["from"].lower())
        if signer is None:
            return {**envelope, "error": {"code": -32000, "message": "Signing identifier unknown"}}
        unsigned = UnsignedTransaction(
            chain_id=self.chain_id,
            nonce=int(asked["nonce"], 16),
            gas=int(asked["gas"], 16),
            to=asked.get("to"),
            data=bytes.fromhex(asked["data"][2:]),
        )
        return {**envelope, "result": "0x" + signer.sign(unsigned).raw.hex()}


@contextmanager
def running_web3signer(signers: list[KeySigner], *, chain_id: int) -> Iterator[FakeWeb3Signer]:
    """It listens on a free loopback port while the block runs."""
    fake = FakeWeb3Signer(signers, chain_id)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = json.dumps(fake.respond(json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
