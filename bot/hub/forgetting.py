"""Forgetting a conversation: all that Rasa kept of it, as if it had never been."""

from __future__ import annotations

import asyncio

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore

from bot.hub.strict import TurnFailed, strict


async def forget(agent: Agent, conversation: str) -> None:
    """Drop its events; one that is unknown is forgotten already.

    Under the conversation's lock, so that a turn which is running saves nothing afterwards. Rasa
    3.6 has no call for it. Raises ``TurnFailed`` when the store does not answer.
    """
    strict(agent)  # else the store is a wrapper of Rasa's own
    store = agent.tracker_store
    async with agent.lock_store.lock(conversation):
        if isinstance(store, SQLTrackerStore):
            await asyncio.to_thread(_delete, store, conversation)
        elif isinstance(store, InMemoryTrackerStore):
            store.store.pop(conversation, None)
        else:
            raise TurnFailed("store_unknown")


def _delete(store: SQLTrackerStore, conversation: str) -> None:
    try:
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter_by(sender_id=conversation).delete()
            session.commit()
    except Exception as error:  # whatever the driver raises, nothing was forgotten
        raise TurnFailed("store_unavailable") from error
