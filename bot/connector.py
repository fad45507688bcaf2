"""The hub channel: the only way a conversation reaches Rasa.

``POST /hub/turns`` with ``Authorization: Bearer $RASA_TOKEN``::

    in   {"conversation": uuid, "turn": uuid, "channel": "web", "locale": "fr",
          "text": "…" or "choice": "…"          words, or the payload of a button
          "attachment": {"photo": uuid}          with or without a text, its caption
          "location": {"latitude": …, "longitude": …},
          "resumes": uuid}                       another conversation of theirs: a yes takes up
                                                 what was half made there
    200  {"turn", "replies": [{"text", "buttons": [{"title", "payload"}]}],
          "intent": {"name", "confidence"}, "category": {"name", "confidence"} | null,
          "category_ranking": […], "entities": [{"entity", "value", "start", "end"}],
          "slots": {…}, "active_form": "report_form" | null,
          "danger": true | false,                somebody was told the emergency numbers
          "person": "asked" | "not_understood" | null,   why a person was promised in writing
          "was_secret": true | false}            the words were a code or a number: not to be kept
    400  {"code": "invalid_request", "message"}     the caller is wrong: do not retry
    401  {"code": "unauthorized", "message"}
    503  {"code", "message"}                        nothing was saved: the same turn may be retried

``POST /hub/parse`` with the same token says what a text means (``bot.hub.understanding``): no
conversation, no tracker, no action::

    in   {"text": "…"}
    200  {"intent", "intent_ranking", "category", "category_ranking" (the best three),
          "entities": [{"entity", "value", "start", "end", "normalised"}]}
    400, 401, 503 as above

The same turn id twice gives the same answer and acts once. A button's payload is the plain text
to send back; on the channels that number choices (``bot.hub.capabilities``) its place among them,
from 1, is as good. A reply's text is made for its channel: SMS in GSM-7 and at most 3 segments,
voice without addresses and with figures said one by one; its buttons are data for the channel to
draw. ``DELETE /hub/conversations/<uuid>`` (same token) forgets one whose person was erased.
``GET /healthz`` and ``GET /readyz`` stand at the root of the Rasa server.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.hub.forgetting import forget
from bot.hub.health import missing_parts
from bot.hub.kept import keep_sending
from bot.hub.request import InvalidTurn, turn_request
from bot.hub.runner import run_turn
from bot.hub.strict import TurnFailed
from bot.hub.understanding import text_to_parse, understood

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

        stopped = asyncio.Event()

        @hub.listener("after_server_start")
        async def watch_kept_reports(app: Sanic, _: Any) -> None:
            app.ctx.keeping = asyncio.ensure_future(
                keep_sending(lambda: getattr(app.ctx, "agent", None), stopped)
            )

        @hub.listener("before_server_stop")
        async def leave_kept_reports(app: Sanic, _: Any) -> None:
            stopped.set()
            await app.ctx.keeping

        @hub.post("hub/turns")
        async def turns(request: Request) -> HTTPResponse:
            return await self._turn(request)

        @hub.post("hub/parse")
        async def parse(request: Request) -> HTTPResponse:
            return await self._parse(request)

        @hub.delete("hub/conversations/<conversation:uuid>")
        async def conversation(request: Request, conversation: uuid.UUID) -> HTTPResponse:
            return await self._forget(request, str(conversation))

        return hub

    def _is_known(self, request: Request) -> bool:
        shown = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(shown, self._expected)

    async def _parse(self, request: Request) -> HTTPResponse:
        if not self._is_known(request):
            return _problem(401, "unauthorized", "a valid bearer token is needed")
        try:
            text = text_to_parse(request.body)
        except InvalidTurn as error:
            return _problem(400, "invalid_request", f"{error.field} {error.reason}")
        try:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None:
                raise TurnFailed("model_missing")
            return json(await understood(agent, text))
        except TurnFailed as error:
            return _problem(503, error.code, "the text may be sent again")

    async def _forget(self, request: Request, conversation: str) -> HTTPResponse:
        if not self._is_known(request):
            return _problem(401, "unauthorized", "a valid bearer token is needed")
        try:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None:
                raise TurnFailed("model_missing")
            await forget(agent, conversation)
        except TurnFailed as error:
            return _problem(503, error.code, "nothing was forgotten; ask again")
        return json({"forgotten": True})

    async def _turn(self, request: Request) -> HTTPResponse:
        if not self._is_known(request):
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
