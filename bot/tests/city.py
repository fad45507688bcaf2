"""The console and the wallet, played by one small HTTP server in a thread."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MARSEILLE = {"insee": "13055", "name": "Marseille", "postcode": "13006"}
POINTS_QUESTION = {
    "question": "Voulez-vous des points, et avez-vous 15 ans ou plus ?",
    "yes": "Oui, j’ai 15 ans ou plus",
    "no": "Non, pas de points",
}
# The one that every phone of this city gets.
CODE = "482915"
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
    # Reports that may be the same problem (SimilarOut), and who supports which.
    similar: list[dict[str, Any]] = field(default_factory=list)
    supported: list[str] = field(default_factory=list)
    # Category -> its questions (QuestionOut); those of a danger are on the "always" clock.
    questions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    clock: str = "working"
    refuses_our_token: bool = False
    # Whether the person wants points, and under which keys the question was asked for.
    wish: str = "agreed"
    asked_keys: list[str] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    notices: dict[str, str] = field(default_factory=dict)
    call_backs: dict[str, str] = field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    # What whoever speaks has proved; a code opens everything, and links the phone it came to.
    level: str = "spending"
    codes_asked: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    erased: bool = False
    # What the knowledge base answers (ArticleOut), by intent or by the words that were said.
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, method: str, path: str, key: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON body for one request."""
        self.calls.append((method, path))
        if path.startswith("/v1/wallets/"):
            return self._wallet()
        if self.away:
            return 503, {"code": "unavailable"}
        if self.refuses_our_token:
            return 403, {"code": "forbidden"}
        path = path.partition("?")[0]
        if path.startswith("/api/v1/places/reverse"):
            place = {"house_number": "12", "street": "rue Paradis"}
            label = "12 rue Paradis, 13006 Marseille"
            body = {"found": True, "in_territory": True, "label": label, "place": place}
            return 200, {**body, "commune": MARSEILLE}
        if path == "/api/v1/reports/similar":
            return 200, self.similar
        if path == "/api/v1/reports/categories":
            return 200, self._categories()
        if path.endswith("/support"):
            self.supported.append(path.split("/")[-2])
            return 200, self._support(path.split("/")[-2])
        if path.endswith("/feedback"):
            self.feedback.append(body)
            return 200, {"reference": path.split("/")[-2], "status": "", "is_open": False}
        if path.endswith("/notices"):
            self.notices.setdefault(body["cause"], body["text"])
            return 202, {"cause": body["cause"]}
        if path == "/api/v1/callbacks":
            self.call_backs.setdefault(key, body["phone"])
            return 201, {"is_desk_open": False, "call_from": "2026-11-30T08:00:00+01:00"}
        if path == "/api/v1/opening":
            return 200, {"is_open": True, "hours": "tous les jours", "opens_at": None, "opens": ""}
        if path == "/api/v1/places/resolve":
            return 200, self._resolve(f"{body['text']} {body['commune']}")
        if path == "/api/v1/knowledge/answers":
            return 200, {"article": self.articles.get(body["intent"] or body["text"])}
        if path == "/api/v1/reports":
            return self._report(key, body)
        if path == "/api/v1/pickups/items":
            return 200, {"items": []}  # no object is known by its name
        if path.endswith("/consent/question"):
            self.asked_keys.append(key)
            is_due = self.wish == "unasked" and len(set(self.asked_keys)) == 1
            return 200, {**POINTS_QUESTION, "wish": self.wish, "is_due": is_due}
        if path.endswith("/consent"):
            self.wish = "agreed" if body["answer"] == "yes" else "refused"
            return 200, {**POINTS_QUESTION, "wish": self.wish}
        if path.startswith("/api/v1/identity/"):
            return self._identity(method, path.split("/", 5)[5:], key, body)
        if path.endswith("/wallet") and self.level == "cases":
            return 403, {"code": "recognition_needed"}
        if path.endswith("/wallet"):
            return 200, {"wallet_id": self.wallet_id, "locale": "fr"}
        return 404, {"code": "not_found"}

    def _identity(
        self, method: str, rest: list[str], key: str, body: dict[str, Any]
    ) -> tuple[int, Any]:
        known = {"level": self.level, "ways": ["code"], "is_shared": False}
        match method, "".join(rest):
            case "GET", "":
                return 200, known
            case "POST", "codes" | "links":
                self.codes_asked.append(key)
                self.phones += [body["phone"]] if "phone" in body else []
                return 202, {"code_id": "c1"}
            case "POST", "codes/confirm" | "links/confirm":
                if body["code"] != CODE:
                    return 409, {"code": "code_wrong", "fields": {"attempts_left": "4"}}
                self.level = "spending"
                return 200, {**known, "level": self.level, "outcome": "linked"}
            case "GET", "my-data":
                if self.level == "cases":
                    return 403, {"code": "recognition_needed"}
                return 200, {"counts": {"reports": 1}, "data": {}}
            case "GET", "my-data/erasure":
                return 200, {"text": "Vous perdez 10 points.", "confirm": "w1"}
            case "POST", "my-data/erasure":
                self.erased = body["confirm"] == "w1"
                return 202, {"text": "C'est effacé."}
        return 404, {"code": "not_found"}

    def _categories(self) -> list[dict[str, Any]]:
        return [
            {"code": code, "clock": self.clock, "questions": questions}
            for code, questions in self.questions.items()
        ]

    @staticmethod
    def _support(reference: str) -> dict[str, Any]:
        return {
            "reference": reference,
            "people": 4,
            "is_following": True,
            "may_earn": True,
        }

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

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

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
