"""A chat server that tests can break."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import WebSocketRoute

NOW = "2026-03-02T08:15:00Z"


class FakeChat:
    """Protocol version 1 with a memory, faults on demand, and a record of what was said to it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.sockets: list[WebSocketRoute] = []
        self.received: list[dict[str, Any]] = []
        self.is_down = False
        self.swallow_sends = False  # received, neither stored nor answered
        self.cut_before_accepting = False  # stored, then the line goes dead
        self.answers_pings = True
        self.refuse_with: str | None = None
        self.answer: Callable[[str], dict[str, Any] | None] = lambda text: None

    def serve(self, socket: WebSocketRoute) -> None:
        if self.is_down:
            socket.close(code=1013)
            return
        self.sockets.append(socket)
        socket.on_close(lambda code, reason: self._forget(socket))
        socket.on_message(lambda text: self._on_frame(socket, json.loads(text)))

    def cut(self) -> None:
        """Every line goes dead and no new one is taken."""
        self.is_down = True
        for socket in [*self.sockets]:
            self._forget(socket)
            socket.close(code=1011)

    def say(self, text: str, *, buttons: list[dict[str, str]] | None = None) -> None:
        """The assistant says something by itself."""
        self.store("bot", text, None, buttons or [])
        self._tell_all()

    def typing(self, on: bool) -> None:
        for socket in self.sockets:
            socket.send(json.dumps({"type": "typing", "on": on}))

    def _forget(self, socket: WebSocketRoute) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)

    def _on_frame(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        self.received.append(frame)
        if frame["type"] == "hello":
            welcome = {"version": 1, "session": "jeton", "last_seq": len(self.messages)}
            upload = {"url": "/channels/web/photos", "ticket": "billet", "bytes_max": 900_000}
            socket.send(json.dumps({"type": "welcome", "upload": upload, **welcome}))
            self._show(socket, frame["after"])
        elif frame["type"] == "send":
            self._on_send(socket, frame)
        elif frame["type"] == "ping" and self.answers_pings:
            socket.send(json.dumps({"type": "pong"}))

    def _on_send(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if self.swallow_sends:
            return
        if self.refuse_with:
            error = {"code": self.refuse_with, "message": "Ce message est refusé."}
            socket.send(json.dumps({"type": "error", "id": frame["id"], **error}))
            return
        known = next((m for m in self.messages if m["client_id"] == frame["id"]), None)
        stored = known or self.store("citizen", frame["text"], frame["id"], [])
        stored["location"] = frame.get("location")
        stored["photos"] = [{"url": f"/photos/signed/{name}"} for name in frame.get("photos", [])]
        if self.cut_before_accepting:
            self.cut_before_accepting = False
            self._forget(socket)
            socket.close(code=1011)
            return
        socket.send(json.dumps({"type": "accepted", "id": frame["id"], "seq": stored["seq"]}))
        if known is None:
            answer = self.answer(frame["text"])
            if answer:
                self.store("bot", answer["text"], None, answer["buttons"])
        self._tell_all()

    def store(
        self, author: str, text: str, client_id: str | None, buttons: list[dict[str, str]]
    ) -> dict[str, Any]:
        message = {
            "seq": len(self.messages) + 1,
            "author": author,
            "text": text,
            "buttons": buttons,
            "photos": [],
            "location": None,
            "created_at": NOW,
            "client_id": client_id,
        }
        self.messages.append(message)
        return message

    def _tell_all(self) -> None:
        # Everything each time: the widget has to know what it already shows.
        for socket in self.sockets:
            self._show(socket, 0)

    def _show(self, socket: WebSocketRoute, after: int) -> None:
        missed = self.messages[after:]
        for start in range(0, len(missed), 200):
            items = missed[start : start + 200]
            frame = {"type": "messages", "items": items, "last_seq": items[-1]["seq"]}
            socket.send(json.dumps(frame))
