"""Which text is said: by language, by channel, and in other words when it was not understood.

The texts stand in ``bot/domain`` (French) and ``bot/domain/en``. For a response ``utter_x``:

    utter_x            French; several texts may differ by ``channel:``
    utter_x_again      said instead after "répétez" or a message that was not understood
    utter_x_en         English, likewise ``utter_x_again_en``

What is missing falls back: other words to the same words, English to French.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from rasa.core.nlg import interpolator
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

REWORDING_ACTIONS = frozenset({"action_repeat", "action_fallback"})
_FILLED = ("text", "buttons")


class Words(NaturalLanguageGenerator):
    """Rasa's generator, except that the same state always says the same words."""

    def __init__(self, responses: Mapping[str, list[dict[str, Any]]]) -> None:
        self._responses = responses

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """The filled response, None when there is none of this name."""
        locale = str(tracker.get_slot("locale") or "fr")
        message = tracker.latest_message
        channel = (message.input_channel if message else None) or output_channel
        for name in names(utter_action, locale=locale, reworded=is_reworded(tracker)):
            chosen = variation(self._responses.get(name) or [], channel)
            if chosen is not None:
                return self._filled(chosen, {**tracker.current_slot_values(), **kwargs})
        return None

    @staticmethod
    def _filled(response: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        filled = copy.deepcopy(response)
        filled.pop("channel", None)
        for key in _FILLED:
            if key in filled:
                filled[key] = interpolator.interpolate(filled[key], values)
        return filled


def names(response: str, *, locale: str, reworded: bool) -> Iterator[str]:
    """The names under which a text for ``response`` may stand, the fittest first."""
    language = "" if locale == "fr" else f"_{locale}"
    if reworded:
        yield f"{response}_again{language}"
    yield f"{response}{language}"
    if language:
        yield response


def variation(texts: list[dict[str, Any]], channel: str) -> dict[str, Any] | None:
    """The text for ``channel``, else the one for every channel."""
    for wanted in (channel, None):
        found = next((text for text in texts if text.get("channel") == wanted), None)
        if found is not None:
            return found
    return None


def is_reworded(tracker: DialogueStateTracker) -> bool:
    """Whether the person asked, in this turn, to hear it otherwise."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, ActionExecuted) and event.action_name in REWORDING_ACTIONS:
            return True
    return False
