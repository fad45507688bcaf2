"""A small telephone: follows Gather, Redirect, Enqueue, Leave and Dial as Twilio does.

It never sees anything but documents: each is held to ``vocabulary`` before it is followed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from .vocabulary import read

Post = Callable[[str, Mapping[str, str]], str]
_REDIRECTS_MAX = 40


class Telephone:
    """One leg of a call.  ``post(address, form)`` signs, sends, and returns the document.

    ``said``: what was heard since the last answer.  After each step the telephone is in one of:
    ``asked`` (a Gather listens), ``is_waiting`` (in the queue), ``dialled`` (a number rings, or it
    is in a room), ``is_over``.
    """

    def __init__(self, post: Post, *, number: str, base: str, account: str) -> None:
        self.sid = "CA" + secrets.token_hex(16)
        self.number, self._base, self._account, self._post = number, base, account, post
        self.said: list[str] = []
        self.asked: ElementTree.Element | None = None
        self.queue: ElementTree.Element | None = None
        self.dialled: ElementTree.Element | None = None
        self.is_over = self.was_rejected = False
        self.followed: list[str] = []
        self._place, self._to = "call", "+33491000001"
        self._status = base + "/channels/voice/twilio/status"

    @property
    def is_waiting(self) -> bool:
        return self.queue is not None

    @property
    def heard(self) -> str:
        """Everything said since the last answer."""
        return " ".join(self.said)

    def dial(self, path: str = "/channels/voice/twilio") -> str:
        """Call; what is said first."""
        return self._follow(self._base + path, {"CallStatus": "ringing"})

    def say(self, words: str, *, confidence: str = "0.91") -> str:
        """Speak where a Gather listens."""
        return self._gathered({"SpeechResult": words, "Confidence": confidence})

    def press(self, keys: str) -> str:
        """Press keys where a Gather listens; # ends them and is not sent, as with Twilio."""
        assert self.asked is not None
        most = self.asked.get("numDigits")
        return self._gathered({"Digits": keys.rstrip("#")[: int(most) if most else 32]})

    def silence(self) -> str:
        """Say nothing until the Gather's time is over."""
        assert self.asked is not None
        assert self.asked.get("actionOnEmptyResult") == "true"
        return self._gathered({})

    def hang_up(self) -> None:
        """End the call."""
        self.is_over = True
        self._send(self._status, {"CallStatus": "completed"})

    def taken_to(self, address: str) -> str:
        """Twilio's REST interface was told to continue this call elsewhere."""
        queue, self.queue, self._place = self.queue, None, "call"
        if queue is not None:
            self._send(queue.attrib["action"], {"QueueResult": "redirected"})
        return self._follow(address, {})

    @property
    def room(self) -> ElementTree.Element:
        """The conference that the telephone is in."""
        assert self.dialled is not None
        (conference,) = self.dialled
        assert conference.tag == "Conference"
        return conference

    def picked_up(self, asked: Mapping[str, str]) -> str:
        """Be the telephone that was asked to ring, and pick up; what is heard first."""
        self.sid, self.number, self._to = asked["sid"], asked["From"], asked["To"]
        self._status = asked["StatusCallback"]
        return self._follow(asked["Url"], {})

    def rung(self, asked: Mapping[str, str], status: str) -> None:
        """Be that telephone, whose ``status`` is said: ``initiated``, ``no-answer`` …"""
        self.sid, self._to, self._status = asked["sid"], asked["To"], asked["StatusCallback"]
        self._send(self._status, {"CallStatus": status})

    def held(self, address: str) -> str:
        """Held in the room; what is heard until the document asks for itself again."""
        root = read(self._send(address, {}), place="hold")
        assert root[-1].text == address
        return " ".join(verb.text or "" for verb in root if verb.tag == "Say")

    def room_says(self, event: str, room: str) -> None:
        """The room's own word about this telephone."""
        form = {"StatusCallbackEvent": event, "ConferenceSid": room, "FriendlyName": self.room.text}
        self._send(self.room.attrib["statusCallback"], {k: v or "" for k, v in form.items()})

    def recorded(self, recording: str) -> None:
        """The room was recorded; the form names the room and no call."""
        form = {"RecordingSid": recording, "RecordingStatus": "completed"}
        self._post(
            self.room.attrib["recordingStatusCallback"],
            {"AccountSid": self._account, "ConferenceSid": "CF" + "0" * 32} | form,
        )

    def dial_ended(self, status: str) -> str:
        """The number that was dialled is done: ``completed``, ``no-answer``, ``busy`` …"""
        assert self.dialled is not None
        action, self.dialled = self.dialled.attrib["action"], None
        return self._follow(action, {"DialCallStatus": status})

    def _gathered(self, form: Mapping[str, str]) -> str:
        assert self.asked is not None, "nobody listens"
        action, self.asked = self.asked.attrib["action"], None
        return self._follow(action, form)

    def _follow(self, address: str, form: Mapping[str, str]) -> str:
        self.said = []
        next_, given = address, dict(form)
        for _ in range(_REDIRECTS_MAX):
            self.followed.append(next_)
            root = read(self._send(next_, given), place=self._place)
            next_, given = self._perform(root), {}
            if not next_:
                return self.heard
        raise AssertionError("redirected in a circle")

    def _perform(self, root: ElementTree.Element) -> str:
        """Do what the document says; the address that follows, if one does."""
        for verb in root:
            if verb.tag == "Say":
                self.said.append(verb.text or "")
            elif verb.tag == "Gather":
                self.said += [inner.text or "" for inner in verb if inner.tag == "Say"]
                self.asked = verb
                return ""
            elif verb.tag == "Redirect":
                return verb.text or ""
            elif verb.tag == "Enqueue":
                self.queue, self._place = verb, "wait"
                return verb.attrib["waitUrl"]
            elif verb.tag == "Leave":
                assert self.queue is not None
                action, self.queue, self._place = self.queue.attrib["action"], None, "call"
                return self._sent_on(action)
            elif verb.tag == "Dial":
                self.dialled = verb
                return ""
            elif verb.tag in ("Hangup", "Reject"):
                self.was_rejected = verb.tag == "Reject"
                self._over()
                return ""
        if self._place == "call":
            self._over()  # Twilio hangs up at the end of a document
        return ""

    def _sent_on(self, action: str) -> str:
        """The queue's action, whose form says how it was left."""
        self.followed.append(action)
        root = read(self._send(action, {"QueueResult": "leave"}))
        return self._perform(root)

    def _over(self) -> None:
        if not self.is_over and self._place == "call":
            self.hang_up()
        self.is_over = True

    def _send(self, address: str, form: Mapping[str, str]) -> str:
        given = {
            "AccountSid": self._account,
            "CallSid": self.sid,
            "From": self.number,
            "To": self._to,
            "Direction": "inbound",
            "CallStatus": "in-progress",
            "ApiVersion": "2010-04-01",
        }
        return self._post(address, {**given, **form})
