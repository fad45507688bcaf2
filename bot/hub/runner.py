"""Run one turn, once.

Crash safety: everything that a turn changes in Rasa is written by one ``save_tracker``, one
database transaction, after the last action succeeded. Before it, a crash or a failure leaves the
conversation as it was before the turn, and the same turn may run again: its actions read their
idempotency keys from that conversation, so it repeats them, and so does a later turn that takes its
place. After it, the same turn id finds its own answer in the tracker and runs nothing.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.hub.answer import turn_answer
from bot.hub.choices import meant
from bot.hub.kept import SLOT, kept_reports
from bot.hub.request import TurnRequest
from bot.hub.resuming import draft_left_in
from bot.hub.secret_words import forget_secrets
from bot.hub.strict import TurnFailed, TurnProcessor, raise_if_faulty, strict, watch_turn

# Waiting for the conversation's lock included. Below what the console's worker waits.
TURN_BUDGET_S = 20.0
# A process that dies holding the lock blocks its conversation for this long, so not much longer.
LOCK_LIFETIME_S = TURN_BUDGET_S + 2
LOCK_POLL_S = 0.1


class _HubOutput(CollectingOutputChannel):
    """Collects replies; the domain may hold texts for this channel name."""

    @classmethod
    def name(cls) -> str:
        return "hub"


async def run_turn(agent: Agent, request: TurnRequest) -> tuple[dict[str, Any], bool]:
    """Answer ``request``: the answer, and whether it was read back instead of run.

    Raises ``TurnFailed`` with one of ``turn_timeout``, ``conversation_busy``, ``model_missing``,
    ``action_failed``, ``actions_unavailable``, ``too_many_actions``, ``nothing_to_say``,
    ``turn_failed``.
    """
    try:
        return await asyncio.wait_for(_locked(agent, request), timeout=TURN_BUDGET_S)
    except asyncio.TimeoutError as error:
        raise TurnFailed("turn_timeout") from error
    except LockError as error:
        raise TurnFailed("conversation_busy") from error
    except TurnFailed:
        raise
    except Exception as error:  # the database, the NLU graph: whatever it is, nothing was saved
        raise TurnFailed("turn_failed") from error


async def _locked(agent: Agent, request: TurnRequest) -> tuple[dict[str, Any], bool]:
    processor = strict(agent)
    lock = agent.lock_store.lock(
        request.conversation, lock_lifetime=LOCK_LIFETIME_S, wait_time_in_seconds=LOCK_POLL_S
    )
    async with lock:
        tracker = await processor.get_tracker(request.conversation)
        answer = turn_answer(tracker, request.turn, processor.domain)
        if answer is not None:
            return answer, True
        await _run(processor, tracker, request, meant(tracker, request))
        forget_secrets(tracker, request.turn)
        answer = turn_answer(tracker, request.turn, processor.domain)
        if answer is None or not answer["replies"]:
            # Silence is a failure too: every intent has an outcome.
            raise TurnFailed("nothing_to_say")
        await processor.save_tracker(tracker)
        if tracker.get_slot(SLOT):
            kept_reports(agent).waiting.add(request.conversation)
        return answer, False


async def _run(
    processor: TurnProcessor, tracker: DialogueStateTracker, request: TurnRequest, text: str
) -> None:
    """``MessageProcessor.handle_message`` on what was read under the lock, without saving."""
    watch_turn()
    metadata: dict[str, Any] = {
        "turn": request.turn,
        "channel": request.channel,
        "locale": request.locale,
    }
    if request.photo:
        metadata["photo"] = request.photo
    if request.location:
        metadata["location"] = {
            "latitude": request.location.latitude,
            "longitude": request.location.longitude,
        }
    message = UserMessage(
        text=text,
        output_channel=_HubOutput(),
        sender_id=request.conversation,
        input_channel=request.channel,
        message_id=request.turn,
        metadata=metadata,
    )
    await processor._update_tracker_session(tracker, message.output_channel, metadata)
    raise_if_faulty()
    if tracker.get_slot("locale") is None:
        # The contact's language, until the person asks for another one.
        tracker.update(SlotSet("locale", request.locale), processor.domain)
    if request.resumes and not (tracker.active_loop_name or tracker.get_slot("draft")):
        draft = draft_left_in(await processor.get_tracker(request.resumes))
        tracker.update(SlotSet("draft", draft), processor.domain)
    await processor._handle_message_with_tracker(message, tracker)
    await processor.run_action_extract_slots(message.output_channel, tracker)
    raise_if_faulty()
    await processor._run_prediction_loop(message.output_channel, tracker)
    raise_if_faulty()
