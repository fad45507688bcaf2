"""Hold a conversation with the hub in a test."""

from __future__ import annotations

from typing import Any

from rasa.core.agent import Agent

from bot.hub.request import TurnRequest, neutralised
from bot.hub.runner import run_turn
from bot.tests.city import new_id


def spoken(answer: dict[str, Any]) -> str:
    """All replies of an answer as one text, with ordinary spaces."""
    text = " ".join(reply["text"] for reply in answer["replies"])
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class Conversation:
    """One person's conversation."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.id = new_id()

    def request(self, text: str, *, turn: str | None = None) -> TurnRequest:
        """The request for one message."""
        return TurnRequest(
            conversation=self.id,
            turn=turn or new_id(),
            channel="web",
            locale="fr",
            text=neutralised(text),
        )

    async def say(self, text: str, *, turn: str | None = None) -> dict[str, Any]:
        """Say something; the hub's answer."""
        answer, _ = await run_turn(self.agent, self.request(text, turn=turn))
        return answer
