"""Telegram's Bot API over HTTP, as far as we use it, holding every call to its parameters.

The rules are those of https://core.telegram.org/bots/api (Bot API 10.1) for the methods below:
names, types, required or not, and limits that the pages state.  Anything else is a 400, as there.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response
from werkzeug.serving import make_server

TOKEN = "1234567:" + "a" * 35
Answer = Callable[[], Response]
type Check = Callable[[Any], bool]


def _text(least: int, most: int) -> Check:
    def check(value: Any) -> bool:
        return isinstance(value, str) and least <= len(value.encode("utf-16-le")) // 2 <= most

    return check


def _integer(value: Any) -> bool:
    return type(value) is int


def _chat(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and value.startswith("@"))


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _updates(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _inline(value: Any) -> bool:
    """InlineKeyboardMarkup: rows of buttons, callback_data of 1 to 64 bytes."""
    if not isinstance(value, dict) or set(value) != {"inline_keyboard"}:
        return False
    return all(
        isinstance(button, dict)
        and set(button) == {"text", "callback_data"}
        and button["text"]
        and 1 <= len(button["callback_data"].encode()) <= 64
        for row in value["inline_keyboard"]
        for button in row
    )


def _reply_markup(value: Any) -> bool:
    if isinstance(value, dict) and "keyboard" in value:
        known = {"text", "request_contact", "request_location"}
        return all(set(button) <= known for row in value["keyboard"] for button in row)
    return _inline(value)


def _menu(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 1 <= len(value) <= 100
        and all(
            re.fullmatch(r"[a-z0-9_]{1,32}", one["command"]) and 1 <= len(one["description"]) <= 256
            for one in value
        )
    )


def _https(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("https://")


def _secret(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value))


# method → (required parameters, optional ones), each with what it must be
PARAMETERS: Mapping[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "sendMessage": (
        {"chat_id": _chat, "text": _text(1, 4096)},
        {"reply_markup": _reply_markup, "disable_notification": _boolean},
    ),
    "sendPhoto": (
        {"chat_id": _chat, "photo": lambda value: isinstance(value, bytes) and bool(value)},
        {"caption": _text(0, 1024), "reply_markup": _reply_markup},
    ),
    "editMessageReplyMarkup": (
        {"chat_id": _chat, "message_id": _integer},
        {"reply_markup": _inline},
    ),
    "answerCallbackQuery": (
        {"callback_query_id": _text(1, 64)},
        {"text": _text(0, 200), "show_alert": _boolean},
    ),
    "getFile": ({"file_id": _text(1, 512)}, {}),
    "setWebhook": (
        {"url": _https},
        {
            "secret_token": _secret,
            "allowed_updates": _updates,
            "max_connections": lambda value: type(value) is int and 1 <= value <= 100,
            "drop_pending_updates": _boolean,
        },
    ),
    "getWebhookInfo": ({}, {}),
    "deleteWebhook": ({}, {"drop_pending_updates": _boolean}),
    "setMyCommands": ({"commands": _menu}, {"language_code": _text(0, 2)}),
    "getUpdates": (
        {},
        {
            "offset": _integer,
            "limit": lambda value: type(value) is int and 1 <= value <= 100,
            "timeout": _integer,
            "allowed_updates": _updates,
        },
    ),
}


@dataclass
class TelegramDouble:
    """``asked``: valid calls, in order, as (method, parameters).  ``answers``: what the next calls
    get instead.  ``refused``: what the Bot API would not have taken."""

    port: int
    token: str = TOKEN
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    webhook: dict[str, Any] = field(default_factory=lambda: {"url": ""})
    _last_message: int = 1000

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The parameters of the valid calls of one method."""
        return [given for name, given in self.asked if name == method]

    def texts(self) -> list[str]:
        """What was said, in order."""
        return [given["text"] for given in self.calls("sendMessage")]

    def answer(self, request: Request) -> Response:
        """What one request gets."""
        if request.path.startswith(f"/file/bot{self.token}/"):
            content = self.files.get(request.path.rpartition("/")[2])
            return Response(status=404) if content is None else Response(content)
        if not request.path.startswith(f"/bot{self.token}/"):
            return failure(401, "Unauthorized")()
        method = request.path.rpartition("/")[2]
        given = {name: _decoded(method, name, value) for name, value in request.form.items()}
        if request.is_json:
            given = dict(request.get_json())
        given |= {name: file.read() for name, file in request.files.items()}
        if fault := _fault(method, given):
            self.refused.append(f"{method}: {fault}")
            return failure(400, f"Bad Request: {fault}")()
        if self.answers:
            return self.answers.pop(0)()
        self.asked.append((method, given))
        return _json(200, {"ok": True, "result": self._result(method, given)})

    def _result(self, method: str, given: dict[str, Any]) -> Any:
        match method:
            case "sendMessage" | "sendPhoto":
                self._last_message += 1
                return self._message(given, self._last_message)
            case "editMessageReplyMarkup":
                return self._message(given, given["message_id"])
            case "getFile":
                file_id = given["file_id"]
                size = self.sizes.get(file_id, len(self.files.get(file_id, b"")))
                return {
                    "file_id": file_id,
                    "file_unique_id": file_id,
                    "file_size": size,
                    "file_path": f"photos/{file_id}",
                }
            case "setWebhook":
                self.webhook = {"url": given["url"], "allowed_updates": given["allowed_updates"]}
            case "getWebhookInfo":
                return {
                    "has_custom_certificate": False,
                    "pending_update_count": 0,
                    **self.webhook,
                }
            case "getUpdates":
                waiting = [u for u in self.updates if u["update_id"] >= given.get("offset", 0)]
                return waiting[:100]
        return True

    @staticmethod
    def _message(given: Mapping[str, Any], message_id: int) -> dict[str, Any]:
        chat = {"id": given["chat_id"], "type": "private", "first_name": "A"}
        return {"message_id": message_id, "date": 1, "chat": chat, "text": given.get("text", "")}


def serve(double: TelegramDouble) -> Iterator[TelegramDouble]:
    """Serve ``double`` on its port (0: a free one, written into it) until the generator ends."""
    server = make_server(
        "127.0.0.1", double.port, Request.application(double.answer), threaded=True
    )
    double.port = server.port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def failure(status: int, description: str, **parameters: int) -> Answer:
    """An answer in the form of the Bot API's errors."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return lambda: _json(status, body)


def _fault(method: str, given: Mapping[str, Any]) -> str:
    if method not in PARAMETERS:
        return "method not found"
    required, optional = PARAMETERS[method]
    if missing := set(required) - set(given):
        return f"missing {sorted(missing)}"
    if unknown := set(given) - set(required) - set(optional):
        return f"unknown {sorted(unknown)}"
    checks = required | optional
    wrong = [name for name, value in given.items() if not checks[name](value)]
    return f"wrong {wrong}" if wrong else ""


def _decoded(method: str, name: str, value: str) -> Any:
    """Parameters of a form are texts where a text is asked for, else JSON."""
    required, optional = PARAMETERS.get(method, ({}, {}))
    check = (required | optional).get(name)
    if check is None or check(value):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _json(status: int, body: object) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
