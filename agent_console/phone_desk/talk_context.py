"""What the part of a page shows from which a talk is led."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from agent_console.calls import selectors
from agent_console.calls.models import Call, LegRole
from agent_console.calls.moving import is_held, live_leg
from agent_console.calls.talk_times import talk_times
from agent_console.calls.workflow import CallState

RINGS = "Votre téléphone va sonner : répondez, et tapez 1 si c’est votre poste."


def state_of(call: Call, request: HttpRequest) -> dict[str, Any]:
    """A call's state, and what its operator may do now."""
    user = cast(User, request.user)
    context: dict[str, Any] = {
        "call": call,
        "times": talk_times(call=call, agent=user, now=timezone.now()),
        "events": list(call.events.select_related("actor")),
    }
    if call.state != CallState.CONNECTED or call.taken_by != user:
        return context
    colleague = live_leg(call, LegRole.COLLEAGUE)
    return context | {
        "is_own": True,
        "is_held": is_held(call),
        "colleague": colleague,
        "interpreter": live_leg(call, LegRole.INTERPRETER),
        "colleagues": [] if colleague else selectors.colleagues(but=user),
        "interpreters": list(selectors.interpreters_active()),
    }
