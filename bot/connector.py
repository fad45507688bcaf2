"""The hub channel: the only way a conversation reaches Rasa.

``POST /hub/turns`` with ``Authorization: Bearer $RASA_TOKEN``::

    in   {"conversation": uuid, "turn": uuid, "channel": "web", "locale": "fr", "text": "…"}
    200  {"turn", "replies": [{"text", "buttons": [{"title", "payload"}]}],
          "intent": {"name", "confidence"}, "category": {"name", "confidence"} | null,
          "category_ranking": […], "entities": [{"entity", "value", "start", "end"}],
          "slots": {…}, "active_form": "report_form" | null}
    400  {"code": "invalid_request", "message"}     the caller is wrong: do not retry
    401  {"code": "unauthorized", "message"}
    503  {"code", "message"}                        nothing was saved: the same turn may be retried

The same turn id twice gives the same answer and acts once. A button's payload is the plain text
to send back. ``GET /healthz`` and ``GET /readyz`` stand at the root of the Rasa server.
"""

from __future__ import annotations

import hmac
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.hub.health import missing_parts
from bot.hub.request import InvalidTurn, turn_request
from bot.hub.runner import run_turn
from bot.hub.strict import TurnFailed

logger = logging.getLogger(__name__)


def _problem(status: int, code: str, message: str) -> HTTPResponse:
    return json({"code": code, "message": message}, status=status)


class HubInput(InputChannel):
    """Rasa's channel for the console's worker."""

    def __init__(self, token: str) -> None:
        """Raises ``ValueError`` without a token: a hub that asks for none would obey anybody."""
        if not token:
            raise ValueError("RASA_TOKEN is not set")
        self._expected = f"Bearer {token}".encode()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The token comes from the environment only, never from a file in the repository."""
        return cls(os.environ.get("RASA_TOKEN", ""))

    @classmethod
    def name(cls) -> str:
        """Name of the channel in Rasa."""
        return "hub"

    def url_prefix(self) -> str:
        """At the root: Rasa joins this to ``/webhooks/``."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. ``on_new_message`` is not used: it answers before knowing what failed."""
        hub = Blueprint("hub")

        @hub.get("healthz")
        async def healthz(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @hub.get("readyz")
        async def readyz(request: Request) -> HTTPResponse:
            missing = await missing_parts(getattr(request.app.ctx, "agent", None))
            if missing:
                return json({"status": "unavailable", "missing": missing}, status=503)
            return json({"status": "ready", "missing": []})

        @hub.post("hub/turns")
        async def turns(request: Request) -> HTTPResponse:
            return await self._turn(request)

        return hub

    async def _turn(self, request: Request) -> HTTPResponse:
        shown = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(shown, self._expected):
            return _problem(401, "unauthorized", "a valid bearer token is needed")
        try:
            turn = turn_request(request.body)
        except InvalidTurn as error:
            return _problem(400, "invalid_request", f"{error.field} {error.reason}")
        about = {"turn": turn.turn, "conversation": turn.conversation, "channel": turn.channel}
        started = time.monotonic()
        try:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None:
                raise TurnFailed("model_missing")
            answer, replayed = await run_turn(agent, turn)
        except TurnFailed as error:
            logger.warning("turn failed", exc_info=error, extra={**about, "code": error.code})
            return _problem(503, error.code, "the turn was not saved and may be sent again")
        logger.info(
            "turn answered",
            extra={
                **about,
                "intent": answer["intent"]["name"],
                "replies": len(answer["replies"]),
                "replayed": replayed,
                "duration_ms": round((time.monotonic() - started) * 1000),
            },
        )
        return json(answer)
