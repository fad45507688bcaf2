"""Make a Rasa agent fail a turn where Rasa would log the error and go on.

Rasa 3.6.21, as read in its source:
- ``MessageProcessor._run_action`` catches whatever an action raises, drops its events, continues,
  and the tracker is saved at the end of the message: a report that was never stored would look
  like a turn that went well;
- ``Agent`` wraps its tracker store in ``FailSafeTrackerStore``, which answers a database error by
  starting an empty conversation in memory;
- an action may take 300 s.

``strict`` replaces those three, once an agent: the processor, the store and the action endpoint.
It also puts our own choice of words (``bot.hub.words``) in the place of Rasa's random one, and
spares the turn what Rasa works out anew each time (``bot.hub.once``).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.hub.once import work_out_once
from bot.hub.words import Words

ACTION_TIMEOUT_S = 12.0
_REJECTION_STATUS = 400  # an action server's word for "let another policy decide"

_faults: ContextVar[list[str] | None] = ContextVar("turn_faults", default=None)


class TurnFailed(Exception):
    """The turn cannot be trusted and must not be saved; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _note(code: str) -> None:
    faults = _faults.get()
    if faults is not None:
        faults.append(code)


def watch_turn() -> None:
    """Start with a clean record of faults. Call it once in the task that runs the turn."""
    _faults.set([])


def raise_if_faulty() -> None:
    """Raise ``TurnFailed`` for the first fault noted since ``watch_turn``."""
    faults = _faults.get()
    if faults:
        raise TurnFailed(faults[0])


class WatchedEndpoint(EndpointConfig):
    """The action endpoint: bounded in time, and it remembers that a call failed.

    Noted here as well as in the processor because Rasa calls actions from places that swallow
    errors on their own (slot extraction, for one).
    """

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> WatchedEndpoint:
        """The same endpoint, watched."""
        return cls(
            endpoint.url,
            endpoint.params,
            endpoint.headers,
            endpoint.basic_auth,
            endpoint.token,
            endpoint.token_name,
            endpoint.cafile,
            **endpoint.kwargs,
        )

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Like ``EndpointConfig.request``."""
        kwargs["timeout"] = ACTION_TIMEOUT_S
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            if error.status != _REJECTION_STATUS:
                _note("action_failed")
            raise
        except Exception:
            _note("actions_unavailable")
            raise


class _Watched(Action):
    """An action whose errors are noted before Rasa swallows them."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def name(self) -> str:
        return str(self._action.name())

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        try:
            events: list[Event] = await self._action.run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:
            raise
        except Exception:
            _note("action_failed")
            raise
        return events

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> ActionExecuted:
        return self._action.event_for_successful_execution(prediction)


class TurnProcessor(MessageProcessor):
    """Rasa's processor, except that a failed action ends the turn."""

    @classmethod
    def adopt(cls, processor: MessageProcessor) -> TurnProcessor:
        """Take over a loaded processor; loading the model a second time would cost seconds."""
        adopted = cls.__new__(cls)
        adopted.__dict__.update(processor.__dict__)
        adopted.on_circuit_break = lambda *_: _note("too_many_actions")
        return adopted

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        more = await super()._run_action(_Watched(action), tracker, output_channel, nlg, prediction)
        raise_if_faulty()
        return bool(more)


def _primary(store: TrackerStore) -> TrackerStore:
    while isinstance(store, FailSafeTrackerStore):
        store = store._tracker_store
    return store


def strict(agent: Agent) -> TurnProcessor:
    """The agent's processor, made strict. Doing it again changes nothing.

    Raises ``TurnFailed("model_missing")`` while the agent has no model.
    """
    processor = agent.processor
    if processor is None:
        raise TurnFailed("model_missing")
    if not isinstance(processor, TurnProcessor):
        if agent.action_endpoint is not None:
            agent.action_endpoint = WatchedEndpoint.of(agent.action_endpoint)
        agent.tracker_store = _primary(agent.tracker_store)
        processor = TurnProcessor.adopt(processor)
        processor.action_endpoint = agent.action_endpoint
        processor.tracker_store = agent.tracker_store
        processor.nlg = Words(processor.domain.responses)
        work_out_once()
        agent.processor = processor
    return processor
