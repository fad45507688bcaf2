"""What Rasa 3.6.21 works out again in every turn though it never changes, worked out once.

- ``jsonschema.validate`` checks the schema of an action's answer before the answer: two fifths of a
  turn's processor time.
- Each event that is read from the tracker store looks for its class among all subclasses anew.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

_resolve = Event.resolve_by_type


def work_out_once() -> None:
    """Replace Rasa's own ways. Doing it again changes nothing."""
    RemoteAction._validate_action_result = _is_well_formed
    Event.resolve_by_type = staticmethod(event_class)


@lru_cache(maxsize=256)
def event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """As ``Event.resolve_by_type``; raises ``ValueError`` for a name that no event has."""
    found: type[Event] | None = _resolve(type_name, default)
    return found


@lru_cache(maxsize=1)
def answer_validator() -> Validator:
    """Of what an action server answers; the schema is sound."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator: Validator = kind(schema)
    return validator


def _is_well_formed(action: RemoteAction, result: dict[str, Any]) -> bool:
    """True; raises ``jsonschema.ValidationError`` otherwise, as Rasa's does."""
    answer_validator().validate(result)
    return True
