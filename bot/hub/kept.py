"""Sends later what was kept while the city's systems were away.

The promise ("je garde votre signalement") and the kept report, slot ``kept_reports``, are one
transaction: the turn's ``save_tracker`` (``bot.hub.runner``). This process finds the conversations
that wait in the tracker store when it starts, hears of new ones at the end of their turn, and runs
``action_send_kept_reports`` for each, under the conversation's lock, until the slot is empty. The
action repeats nothing in the console (draft keys, causes of notices), so a process that dies
between it and the ``save_tracker`` that empties the slot only asks the same again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.lock_store import LockError
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ActionExecuted

from bot.hub.strict import TurnFailed, raise_if_faulty, strict, watch_turn

logger = logging.getLogger(__name__)

SLOT = "kept_reports"
ACTION = "action_send_kept_reports"
EVERY_S = 15.0
_LOCK_LIFETIME_S = 30.0


class KeptReports:
    """The conversations in which something waits to be sent."""

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self._found_after_start = False

    async def send_all(self, agent: Agent) -> None:
        """One look: every conversation that waits, one after the other."""
        try:
            if not self._found_after_start:
                self.waiting |= await asyncio.to_thread(waiting_in, strict(agent).tracker_store)
                self._found_after_start = True
        except Exception as error:  # the database is away: the next look asks it again
            logger.warning("kept reports not looked up", exc_info=error)
            return
        for conversation in sorted(self.waiting):
            try:
                await send_kept(agent, conversation)
            except (TurnFailed, LockError) as error:
                logger.info("kept report waits", extra={"code": str(error)})
                continue
            except Exception as error:
                logger.warning("kept report not sent", exc_info=error)
                continue
            self.waiting.discard(conversation)
            logger.info("kept reports sent", extra={"conversation": conversation})


def kept_reports(agent: Agent) -> KeptReports:
    """The agent's list, made when it is first asked for."""
    found: KeptReports | None = getattr(agent, "kept_reports", None)
    if found is None:
        found = agent.kept_reports = KeptReports()
    return found


async def keep_sending(agent_of: Callable[[], Agent | None], stopped: asyncio.Event) -> None:
    """Look and send until stopped; whatever fails is tried again at the next look."""
    while not stopped.is_set():
        agent = agent_of()
        if agent is not None:
            await kept_reports(agent).send_all(agent)
        try:
            await asyncio.wait_for(stopped.wait(), timeout=EVERY_S)
        except asyncio.TimeoutError:
            continue


async def send_kept(agent: Agent, conversation: str) -> None:
    """Send what waits in one conversation. Raises ``TurnFailed`` while the city is away."""
    processor = strict(agent)
    lock = agent.lock_store.lock(conversation, lock_lifetime=_LOCK_LIFETIME_S)
    async with lock:
        tracker = await processor.get_tracker(conversation)
        if not tracker.get_slot(SLOT):
            return
        watch_turn()
        await processor._run_action(
            action=processor._get_action(ACTION),
            tracker=tracker,
            output_channel=CollectingOutputChannel(),
            nlg=processor.nlg,
            prediction=PolicyPrediction.for_action_name(processor.domain, ACTION),
        )
        raise_if_faulty()
        # The next message is heard as after any turn.
        tracker.update(ActionExecuted("action_listen"), processor.domain)
        await processor.save_tracker(tracker)


def waiting_in(store: object) -> set[str]:
    """Conversations whose newest word on the slot is that something waits. Reads every event on
    that slot: few, and only when the process starts."""
    if not isinstance(store, SQLTrackerStore):
        return set()
    event = store.SQLEvent
    asked = (
        sa.select(event.sender_id, event.data)
        .where(event.type_name == "slot", event.data.like(f'%"{SLOT}"%'))
        .order_by(event.id)
    )
    newest: dict[str, bool] = {}
    with store.engine.connect() as connection:
        for sender, data in connection.execute(asked):
            told = json.loads(data)
            if told.get("name") == SLOT:
                newest[str(sender)] = bool(told.get("value"))
    return {sender for sender, waits in newest.items() if waits}
