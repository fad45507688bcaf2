"""Twilio's forms about calls (https://www.twilio.com/docs/voice/twiml#request-parameters)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from channels_config.kit.webhooks import Refused
from channels_config.kit.words import folded

_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")
_ROOM_SID = re.compile(r"CF[0-9a-fA-F]{32}")
_NUMBER_MAX = 10**9
# What stands in From when a caller hides their number: words, and the keypad spelling of
# ANONYMOUS that some carriers send as a number.
_WITHHELD = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "private", "+266696687", "266696687"}
)
_DIGITS = re.compile(r"[0-9*#]{0,32}")
_ANSWER = "1"
# How a call of Twilio's ends; every other state is one on the way.
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True)
class CallIn:
    """One request of a call; ``number`` is empty when it is withheld."""

    sid: str
    number: str = field(repr=False)
    status: str


@dataclass(frozen=True)
class Heard:
    """What a Gather brought: words, keys, or nothing."""

    words: str = field(repr=False)
    keys: str = field(repr=False)

    @property
    def is_nothing(self) -> bool:
        """Neither said nor pressed."""
        return not (self.words or self.keys)

    @property
    def text(self) -> str:
        """What is meant, as it is kept in the conversation."""
        return self.keys or self.words


def call_in(form: QueryDict) -> CallIn:
    """The call that a verified form is about; raises ``Refused`` (400) when it is none."""
    sid = form.get("CallSid", "")
    if not _CALL_SID.fullmatch(sid):
        raise Refused(400, "call_malformed")
    number = form.get("From", "").strip()
    withheld = number.lower() in _WITHHELD
    return CallIn(sid=sid, number="" if withheld else number, status=form.get("CallStatus", ""))


def recording_in(form: QueryDict) -> str:
    """The recording that a verified form is about; raises ``Refused`` (400) when it is none."""
    sid = form.get("RecordingSid", "")
    if not _RECORDING_SID.fullmatch(sid):
        raise Refused(400, "recording_malformed")
    return sid


def room_in(form: QueryDict) -> str:
    """The conference that a verified form is about; raises ``Refused`` (400) when it is none."""
    sid = form.get("ConferenceSid", "")
    if not _ROOM_SID.fullmatch(sid):
        raise Refused(400, "room_malformed")
    return sid


def is_page(form: QueryDict) -> bool:
    """Whether the telephone that was rung is an operator's page."""
    return form.get("To", "").startswith("client:")


def is_yes(form: QueryDict) -> bool:
    """Whether somebody at a desk says that they are there."""
    heard = heard_in(form)
    return heard.keys == _ANSWER or folded(heard.words) in ("oui", "un")


def heard_in(form: QueryDict) -> Heard:
    """What the caller said or pressed; raises ``Refused`` (400)."""
    keys = form.get("Digits", "")
    if not _DIGITS.fullmatch(keys):
        raise Refused(400, "digits_malformed")
    return Heard(words=form.get("SpeechResult", "").strip(), keys=keys)


def number_asked(request: HttpRequest, name: str) -> int:
    """A number of ours in the address that Twilio signed; raises ``Refused`` (400)."""
    value = request.GET.get(name, "0")
    if not (value.isascii() and value.isdecimal()) or int(value[:10]) >= _NUMBER_MAX:
        raise Refused(400, "address_malformed")
    return int(value)


def id_asked(request: HttpRequest, name: str) -> uuid.UUID:
    """An id of ours in the address that Twilio signed; raises ``Refused`` (400)."""
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError as error:
        raise Refused(400, "address_malformed") from error


def said_of(form: Mapping[str, str], name: str) -> str:
    """A word of Twilio's, bounded."""
    return form.get(name, "")[:32]
