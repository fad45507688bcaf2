"""What a text means, without a conversation: nothing is stored and nobody is answered."""

from __future__ import annotations

import json
from typing import Any

from rasa.core.agent import Agent

from bot.hub.request import (
    MAX_BODY_BYTES,
    MAX_TEXT_CHARACTERS,
    InvalidTurn,
    neutralised,
)
from bot.hub.strict import strict

CATEGORIES_SHOWN = 3
INTENTS_SHOWN = 5
_ENTITY_KEYS = ("entity", "start", "end", "value", "normalised")


def text_to_parse(raw: bytes) -> str:
    """The text of ``{"text": "…"}``.  Raises ``InvalidTurn``; unknown fields are refused."""
    if len(raw) > MAX_BODY_BYTES:
        raise InvalidTurn("body", f"must be at most {MAX_BODY_BYTES} bytes")
    try:
        body = json.loads(raw)
    except ValueError:
        raise InvalidTurn("body", "must be JSON") from None
    if not isinstance(body, dict) or set(body) != {"text"}:
        raise InvalidTurn("body", "must be an object with a text and nothing else")
    text = body["text"]
    if not isinstance(text, str) or not text.strip():
        raise InvalidTurn("text", "must be a text that is not empty")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InvalidTurn("text", f"must be at most {MAX_TEXT_CHARACTERS} characters")
    return neutralised(text.replace("\x00", ""))


async def understood(agent: Agent, text: str) -> dict[str, Any]:
    """The contract of docs/assistant.md, section 1, with the best few of each ranking.

    No tracker is read or written and no action runs.  Raises ``TurnFailed("model_missing")``.
    """
    strict(agent)
    parsed = await agent.parse_message(text)
    ranking = [_named(one) for one in parsed.get("category_ranking") or []]
    category = parsed.get("category")
    return {
        "intent": _named(parsed["intent"]),
        "intent_ranking": [
            _named(one) for one in (parsed.get("intent_ranking") or [])[:INTENTS_SHOWN]
        ],
        "category": _named(category) if category else None,
        "category_ranking": ranking[:CATEGORIES_SHOWN],
        "entities": [
            {key: one.get(key) for key in _ENTITY_KEYS} for one in parsed.get("entities") or []
        ],
    }


def _named(entry: dict[str, Any]) -> dict[str, Any]:
    return {"name": entry["name"], "confidence": float(entry.get("confidence") or 0.0)}
