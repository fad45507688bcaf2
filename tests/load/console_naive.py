"""The naive way, beside everything that the console serves: one ``group_send`` a message.

``/ws/naive/``: every socket joins one group of the channel layer and passes on what it hears.
"""

from __future__ import annotations

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from agent_console.config.asgi import application as console

GROUP = "naive"


class NaiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One open page."""

    groups = [GROUP]

    async def connect(self) -> None:
        await self.accept()
        await self.send(text_data=json.dumps({"type": "changed", "mark": 0}))

    async def naive_row(self, event: dict[str, Any]) -> None:
        """The row of one message, told to one page."""
        await self.send(
            text_data=json.dumps({"type": "changed", "mark": 0, "rows": [event["row"]]})
        )


_naive = NaiveConsumer.as_asgi()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The console, and one route more."""
    app = _naive if scope.get("path") == "/ws/naive/" else console
    await app(scope, receive, send)
