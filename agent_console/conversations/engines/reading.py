"""What the assistant understands of a text, without a conversation: nobody is answered.

Nothing waits for it: while the assistant is away there is nothing to propose.
"""

import logging
from dataclasses import dataclass
from functools import cache

import httpx
from django.conf import settings

logger = logging.getLogger(__name__)
# A colleague writes on: what comes later than this is of no use.
_TIMEOUT = httpx.Timeout(1.5, connect=0.3)


@dataclass(frozen=True)
class Heard:
    """An intent's code, and how likely it is (0 to 1)."""

    intent: str
    confidence: float


@cache
def client() -> httpx.Client:
    """The connections to the assistant, kept open."""
    return httpx.Client(
        base_url=settings.RASA_URL,
        timeout=_TIMEOUT,
        headers={"Authorization": f"Bearer {settings.RASA_TOKEN}"},
        trust_env=False,
    )


def heard(text: str) -> Heard | None:
    """The likeliest meaning of ``text``; ``None`` while the assistant is away.  Never raises."""
    try:
        response = client().post("/hub/parse", json={"text": text})
        response.raise_for_status()
        intent = response.json()["intent"]
        return Heard(str(intent["name"]), float(intent["confidence"]))
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as failure:
        logger.warning("text not read", extra={"code": type(failure).__name__})
        return None
