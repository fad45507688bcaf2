"""A citizen at the web chat, without a browser: the published protocol, nothing lost or doubled."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

_FRAME_WAIT_S = 2.0
_KEEP_ALIVE_S = 25.0  # the widget's: an ack is answered with what nobody told us of
_RECONNECT_PAUSE_S = 0.2


class ChatClient:
    """Speaks protocol 1 of ``/ws/chat/``; reconnects and resumes like the widget does."""

    def __init__(self, url: str, origin: str) -> None:
        self._url = url
        self._origin = Origin(origin)
        self._socket: ClientConnection | None = None
        self._unaccepted: dict[str, str] = {}
        self._spoke_at = 0.0
        self.session: str | None = None
        self.messages: dict[int, dict[str, Any]] = {}

    def say(self, text: str) -> None:
        """Send a message; it is sent again until the server accepted it."""
        client_id = str(uuid.uuid4())
        self._unaccepted[client_id] = text
        self._attempt(lambda: self._send({"type": "send", "id": client_id, "text": text}))

    def await_message(
        self, accept: Callable[[dict[str, Any]], bool], *, timeout_s: float = 120
    ) -> dict[str, Any]:
        """The first message that is accepted; fails with what was said instead."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for _, message in sorted(self.messages.items()):
                if accept(message):
                    return message
            self._attempt(self._read)
        raise AssertionError(f"no such message; said so far: {self.texts()}")

    def texts(self, author: str | None = None) -> list[str]:
        """What was said, in order, by everybody or by one author."""
        ordered = [message for _, message in sorted(self.messages.items())]
        return [m["text"] for m in ordered if author in (None, m["author"])]

    def await_accepted(self, *, timeout_s: float = 60) -> None:
        """Return once everything that was said is stored."""
        deadline = time.monotonic() + timeout_s
        while self._unaccepted:
            assert time.monotonic() < deadline, "what was said was never accepted"
            self._attempt(self._read)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def _attempt(self, action: Callable[[], None]) -> None:
        """Run ``action``; a broken connection is replaced, and what was pending is sent again."""
        try:
            if self._socket is None:
                self._connect()
            else:
                action()
        except TimeoutError:
            return
        except (OSError, WebSocketException):
            self._socket = None
            # The server is down: a pause between attempts, as the widget makes.
            time.sleep(_RECONNECT_PAUSE_S)

    def _connect(self) -> None:
        self._socket = connect(self._url, origin=self._origin, open_timeout=5, legacy=True)
        after = max(self.messages, default=0)
        self._send({"type": "hello", "version": 1, "session": self.session, "after": after})
        for client_id, text in self._unaccepted.items():
            self._send({"type": "send", "id": client_id, "text": text})

    def _send(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(frame))
        self._spoke_at = time.monotonic()

    def _read(self) -> None:
        assert self._socket is not None
        if time.monotonic() - self._spoke_at > _KEEP_ALIVE_S:
            self._send({"type": "ack", "seq": max(self.messages, default=0)})
        frame = json.loads(self._socket.recv(timeout=_FRAME_WAIT_S))
        match frame["type"]:
            case "welcome":
                self.session = frame["session"]
            case "accepted":
                self._unaccepted.pop(frame["id"], None)
            case "messages":
                for item in frame["items"]:
                    self.messages[item["seq"]] = item
                self._send({"type": "ack", "seq": max(self.messages)})
            case "typing":
                pass  # a hint that may be lost: no test leans on it
            case "error" if frame["code"] == "unavailable":
                raise ConnectionError("what was sent must be sent again")
            case "error":
                raise AssertionError(f"the server refused: {frame}")
