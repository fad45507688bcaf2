"""The console and the wallet, played by one small HTTP server in a thread."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MARSEILLE = {"insee": "13055", "name": "Marseille", "postcode": "13006"}
AUBAGNE = {"insee": "13005", "name": "Aubagne", "postcode": "13400"}


@dataclass
class City:
    """What the two services know, and what they were asked."""

    away: bool = False
    # Reports are stored, and whoever sent them never hears of it.
    answers_lost: bool = False
    wallet_away: bool = False
    wallet_id: str | None = None
    available_points: int = 0
    pending_points: int = 0
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, method: str, path: str, key: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON body for one request."""
        self.calls.append((method, path))
        if path.startswith("/v1/wallets/"):
            return self._wallet()
        if self.away:
            return 503, {"code": "unavailable"}
        if path == "/api/v1/places/resolve":
            return 200, self._resolve(f"{body['text']} {body['commune']}")
        if path == "/api/v1/reports":
            return self._report(key, body)
        if path.endswith("/wallet"):
            return 200, {"wallet_id": self.wallet_id, "locale": "fr"}
        return 404, {"code": "not_found"}

    def _wallet(self) -> tuple[int, Any]:
        if self.wallet_away:
            return 503, {"code": "unavailable"}
        return 200, {
            "id": self.wallet_id,
            "available_points": self.available_points,
            "pending_points": self.pending_points,
        }

    @staticmethod
    def _resolve(told: str) -> dict[str, Any]:
        words = told.casefold()
        if "paris" in words.split():
            return {"found": True, "in_territory": False, "label": told, "commune": None}
        known = {"marseille": MARSEILLE, "13006": MARSEILLE, "aubagne": AUBAGNE}
        commune = next((value for name, value in known.items() if name in words), None)
        found = commune is not None
        return {"found": found, "in_territory": found, "label": told, "commune": commune}

    def _report(self, key: str, body: dict[str, Any]) -> tuple[int, Any]:
        if key not in self.reports:
            self.reports[key] = {**body, "reference": f"MP-{len(self.reports) + 1:06d}"}
        reference = self.reports[key]["reference"]
        if self.answers_lost:
            return 503, {"code": "unavailable"}
        if self.reports[key] != {**body, "reference": reference}:
            return 409, {"code": "idempotency_conflict", "fields": {"reference": reference}}
        return 201, {
            "reference": reference,
            "category": body["category"],
            "category_label": "Trou dans la chaussée",
            "service_label": "Voirie",
            "target_hours": 72,
            "clock": "working",
            "points": 10,
            "status": "received",
            "place_label": body["address"],
            "commune": "Marseille",
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        key = self.headers.get("Idempotency-Key", "")
        status, answer = self.server.city.answer(self.command, self.path, key, body)  # type: ignore[attr-defined]
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = _serve  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class CityServer:
    """The running server; ``city`` may be replaced between tests."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.city = City()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def city(self) -> City:
        """The city that answers now."""
        return self._server.city  # type: ignore[attr-defined, no-any-return]

    @city.setter
    def city(self, city: City) -> None:
        self._server.city = city  # type: ignore[attr-defined]

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def new_id() -> str:
    """A fresh UUID for a conversation or a turn."""
    return str(uuid.uuid4())
