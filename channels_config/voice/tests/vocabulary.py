"""The TwiML that Twilio allows: verbs, attributes, nesting, and where each document may stand.

From https://www.twilio.com/docs/voice/twiml and the page of each verb below it (say, gather, dial,
number, conference, enqueue, leave, redirect, pause, hangup, reject), as far as we use them.  A
document that is not of this vocabulary would be error 12100, 12200 or 12300 in the middle of
somebody's call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

_URL = re.compile(r"https?://[^\s#]+")
_WHOLE = re.compile(r"[0-9]+")
_METHOD = re.compile(r"GET|POST")
_BOOLEAN = re.compile(r"true|false")
_ANY = re.compile(r"[^\x00]+")


@dataclass(frozen=True)
class Verb:
    """``attributes`` with the form of their values; ``inside``: what may be nested; ``holds``:
    whether text may stand within; ``ends``: nothing after it is ever reached."""

    attributes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    holds: bool = False
    ends: bool = False


VERBS: Mapping[str, Verb] = {
    "Say": Verb({"voice": _ANY, "language": re.compile(r"[a-z]{2}-[A-Z]{2}"), "loop": _WHOLE},
                holds=True),
    "Pause": Verb({"length": _WHOLE}),
    "Gather": Verb(
        {
            "input": re.compile(r"dtmf|speech|dtmf speech"),
            "action": _URL,
            "method": _METHOD,
            "timeout": re.compile(r"auto|[0-9]+"),
            "speechTimeout": re.compile(r"auto|[1-9][0-9]*"),
            "finishOnKey": re.compile(r"[0-9#*]?"),
            "numDigits": re.compile(r"[1-9][0-9]*"),
            "language": re.compile(r"[a-z]{2}-[A-Z]{2}"),
            "hints": _ANY,
            "bargeIn": _BOOLEAN,
            "actionOnEmptyResult": _BOOLEAN,
            "profanityFilter": _BOOLEAN,
            "speechModel": re.compile(
                r"default|numbers_and_commands|phone_call|experimental_\w+|googlev2_\w+"
                r"|deepgram_nova-[23]\S*"
            ),
            "enhanced": _BOOLEAN,
        },
        inside=frozenset({"Say", "Play", "Pause"}),
    ),
    "Dial": Verb(
        {
            "action": _URL,
            "method": _METHOD,
            "timeout": _WHOLE,
            "timeLimit": _WHOLE,
            "callerId": re.compile(r"\+[1-9][0-9]{6,14}"),
            "answerOnBridge": _BOOLEAN,
            "hangupOnStar": _BOOLEAN,
        },
        inside=frozenset({"Number", "Queue", "Client", "Sip", "Conference"}),
        holds=True,
    ),
    "Number": Verb(
        {"url": _URL, "method": _METHOD, "statusCallback": _URL, "statusCallbackEvent": _ANY},
        holds=True,
    ),
    "Conference": Verb(
        {
            "beep": re.compile(r"true|false|onEnter|onExit"),
            "startConferenceOnEnter": _BOOLEAN,
            "endConferenceOnExit": _BOOLEAN,
            "waitUrl": re.compile(rf"|{_URL.pattern}"),
            "maxParticipants": re.compile(r"[2-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|250"),
            "statusCallback": _URL,
            "statusCallbackMethod": _METHOD,
            "statusCallbackEvent": re.compile(
                r"(?:start|end|join|leave|mute|hold|modify|speaker|announcement)(?: (?:start|end"
                r"|join|leave|mute|hold|modify|speaker|announcement))*"
            ),
            "record": re.compile(r"do-not-record|record-from-start"),
            "recordingStatusCallback": _URL,
        },
        holds=True,
    ),
    "Enqueue": Verb(
        {"action": _URL, "method": _METHOD, "waitUrl": _URL, "waitUrlMethod": _METHOD}, holds=True
    ),
    "Leave": Verb(ends=True),
    "Redirect": Verb({"method": _METHOD}, holds=True, ends=True),
    "Hangup": Verb(ends=True),
    "Reject": Verb({"reason": re.compile(r"rejected|busy")}, ends=True),
}  # fmt: skip
_TOP = frozenset(VERBS) - {"Number", "Conference"}
# Enqueue's waitUrl and a participant's hold URL: documents for somebody who waits.
PLACES: Mapping[str, frozenset[str]] = {
    "call": _TOP - {"Leave"},
    "wait": frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"}),
    "hold": frozenset({"Play", "Say", "Pause", "Redirect"}),
}
_HINTS_MAX, _HINT_CHARS_MAX, _SAY_CHARS_MAX = 500, 100, 4096


def read(document: str, *, place: str = "call") -> ElementTree.Element:
    """The document's root; raises ``AssertionError`` for what Twilio would refuse."""
    root = ElementTree.fromstring(document)  # noqa: S314 - ours
    assert (root.tag, root.attrib) == ("Response", {}), root.tag
    verbs = list(root)
    for number, verb in enumerate(verbs):
        assert verb.tag in PLACES[place], f"{verb.tag} can't stand in a document of a {place}"
        _check(verb)
        is_last = number == len(verbs) - 1
        assert is_last or not VERBS[verb.tag].ends, f"nothing follows {verb.tag}"
    return root


def _check(verb: ElementTree.Element) -> None:
    known = VERBS[verb.tag]
    for name, value in verb.attrib.items():
        assert name in known.attributes, f"{verb.tag} has no {name}"
        assert known.attributes[name].fullmatch(value), f"{verb.tag} {name}={value!r}"
    text = (verb.text or "").strip()
    assert known.holds or not text, f"{verb.tag} holds no text"
    for inner in verb:
        assert inner.tag in known.inside, f"{inner.tag} can't stand in {verb.tag}"
        _check(inner)
    if verb.tag == "Say":
        assert verb.get("language") == "fr-FR", "everything is said in French"
        assert 0 < len(text) <= _SAY_CHARS_MAX
        assert "http" not in text, "nobody writes down what a voice spells"
    if verb.tag == "Gather":
        assert verb.get("language") == "fr-FR", "everything is heard in French"
        assert verb.get("input") == "dtmf speech", "every question takes speech and keys"
        assert verb.get("bargeIn") == "true"
        phrases = [phrase for phrase in verb.get("hints", "").split(", ") if phrase]
        assert len(phrases) <= _HINTS_MAX
        assert all(len(phrase) <= _HINT_CHARS_MAX for phrase in phrases)
    if verb.tag in ("Redirect", "Number", "Conference", "Enqueue"):
        assert text, f"{verb.tag} needs its text"
