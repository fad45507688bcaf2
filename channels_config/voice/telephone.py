"""Operators' telephones, by Twilio: who rings, who is in a call's room and who is held in it.

A room is a Conference named after its call; who is in it is changed by the Participant resource
(https://www.twilio.com/docs/voice/api/conference-participant-resource), by number of the leg.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from twilio.base.exceptions import TwilioRestException

from agent_console.calls.desk import desk_phone, number_unsealed, rings_in_page
from agent_console.calls.errors import TelephoneFailed
from agent_console.calls.models import Call, CallBack, Leg
from agent_console.conversations.errors import DeliveryFailed
from channels_config.kit.twilio.asking import asked, patient
from channels_config.kit.twilio.client import client
from channels_config.sms.limits import CALLS

from . import limits, softphone
from .twiml import address, room_name

_GONE = 404
_NOT_IN_PROGRESS = 21220  # https://www.twilio.com/docs/api/errors/21220


class TwilioTelephone:
    """Implements ``agent_console.calls.ports.Telephone``."""

    def ring(self, leg: Leg) -> str:
        """Twilio tells the leg's number at `initiated` too, should we die before writing it."""
        number = number_unsealed(leg.interpreter.number_sealed) if leg.interpreter else None
        to = number or (_answers_at(leg.user.pk) if leg.user else None)
        return _rung(to, page="leg", status="leg-status", here={"leg": leg.pk})

    def bring_in(self, call: Call) -> None:
        """To the document that joins the room."""
        there = address("bridge", take=call.take)
        _said(lambda: str(client().calls(call.provider_id).update(url=there, method="POST").sid))

    def hold(self, call: Call, *, is_on: bool) -> None:
        """Our own words are said meanwhile."""
        words = {"hold_url": address("held"), "hold_method": "POST"} if is_on else {}
        _said(lambda: _participant(call, call.provider_id, hold=is_on, **words))

    def ends_room(self, leg: Leg, *, is_on: bool) -> None:
        """``EndConferenceOnExit`` of the leg."""
        _said(lambda: _participant(leg.call, leg.provider_id, end_conference_on_exit=is_on))

    def close_room(self, call: Call) -> None:
        """Everybody's document goes on: the caller is thanked, the others hang up."""
        _said(lambda: _closed(call))

    def hang_up(self, provider_id: str) -> None:
        """``completed`` ends a call that rings as well as one that talks."""
        _said(lambda: _unless_gone(lambda: client().calls(provider_id).update(status="completed")))

    def page_token(self, *, user_id: int) -> str | None:
        return softphone.token(user_id=user_id)

    def call_back(self, call_back: CallBack) -> None:
        """Call the operator first: nobody is rung up to hear silence."""
        operator = call_back.claimed_by
        _rung(
            _answers_at(operator.pk) if operator else None,
            page="desk",
            status="desk-status",
            here={"call_back": call_back.pk, "attempt": call_back.attempts},
            events=("completed",),
            wait_s=CALLS.wait_s(settings.TWILIO_VOICE_FROM),
        )

    def forget(self, recording: str) -> None:
        """Twilio deletes the sound with the resource, for good."""
        _said(lambda: _unless_gone(lambda: client().recordings(recording).delete()))


def _answers_at(user_id: int) -> str | None:
    """The page where an operator answers, or their desk's number."""
    if rings_in_page(user_id=user_id):
        return f"client:{softphone.identity(user_id=user_id)}"
    return desk_phone(user_id=user_id)


def _rung(
    to: str | None,
    *,
    page: str,
    status: str,
    here: dict[str, object],
    events: tuple[str, ...] = ("initiated", "completed"),
    wait_s: float = 0,
) -> str:
    """Ring ``to``; only calls nobody waits for are held back by our own limit."""
    if to is None:
        raise TelephoneFailed(permanent=True)
    return _said(
        lambda: str(
            client()
            .calls.create(
                to=to,
                from_=settings.TWILIO_VOICE_FROM,
                url=address(page, **here),
                method="POST",
                timeout=limits.RING_S,
                status_callback=address(status, **here),
                status_callback_method="POST",
                status_callback_event=list(events),
            )
            .sid
        ),
        wait_s=wait_s,
    )


def _participant(call: Call, provider_id: str, **changes: object) -> str:
    room = call.room_id or _open_room(call)
    if room:
        there = client().conferences(room).participants(provider_id)
        _unless_gone(lambda: there.update(**changes))
    return room


def _open_room(call: Call) -> str:
    """Its number, where its status was not told us; empty while it is not open."""
    found = client().conferences.list(
        friendly_name=room_name(call.pk), status="in-progress", limit=1
    )
    return str(found[0].sid) if found else ""


def _closed(call: Call) -> str:
    room = _open_room(call)
    if room:
        _unless_gone(lambda: client().conferences(room).update(status="completed"))
    return room


def _unless_gone(ask: Callable[[], object]) -> str:
    """Who left, hung up or was deleted already needs nothing more."""
    try:
        ask()
    except TwilioRestException as refusal:
        if refusal.status != _GONE and refusal.code != _NOT_IN_PROGRESS:
            raise
    return ""


def _said(ask: Callable[[], str], *, wait_s: float = 0) -> str:
    try:
        patient(wait_s)
        return asked(ask)
    except DeliveryFailed as failure:
        raise TelephoneFailed(
            permanent=failure.permanent, retry_after_s=failure.retry_after_s
        ) from failure
