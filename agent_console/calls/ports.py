"""What this app needs of a telephone company; implemented under ``channels_config``."""

from typing import Protocol

from .errors import TelephoneFailed
from .models import Call, CallBack, Leg


class Telephone(Protocol):
    """All raise ``TelephoneFailed``; a crash in between asks again: at least once."""

    def ring(self, leg: Leg) -> str:
        """Have whose leg it is rung up; the company's number of it."""

    def bring_in(self, call: Call) -> None:
        """Take the waiting caller out of the queue into the room where the operator is."""

    def hold(self, call: Call, *, is_on: bool) -> None:
        """Have the caller wait alone in the room, or hear the others; gone already is done."""

    def ends_room(self, leg: Leg, *, is_on: bool) -> None:
        """Whether the room closes when this leg leaves; gone already is done."""

    def close_room(self, call: Call) -> None:
        """Close the room, if it is open."""

    def hang_up(self, provider_id: str) -> None:
        """End a leg, however far it is; gone already is done."""

    def page_token(self, *, user_id: int) -> str | None:
        """A short-lived secret by which an operator's page rings; ``None``: pages can't."""

    def call_back(self, call_back: CallBack) -> None:
        """Have the operator's telephone ring, then the resident's."""

    def forget(self, recording: str) -> None:
        """Delete the recording of that number; one that is not there is deleted."""


class _NoTelephone:
    def ring(self, leg: Leg) -> str:
        raise TelephoneFailed(permanent=True)

    def bring_in(self, call: Call) -> None:
        raise TelephoneFailed(permanent=True)

    def hold(self, call: Call, *, is_on: bool) -> None:
        raise TelephoneFailed(permanent=True)

    def ends_room(self, leg: Leg, *, is_on: bool) -> None:
        raise TelephoneFailed(permanent=True)

    def close_room(self, call: Call) -> None:
        raise TelephoneFailed(permanent=True)

    def hang_up(self, provider_id: str) -> None:
        raise TelephoneFailed(permanent=True)

    def page_token(self, *, user_id: int) -> str | None:
        return None

    def call_back(self, call_back: CallBack) -> None:
        raise TelephoneFailed(permanent=True)

    def forget(self, recording: str) -> None:
        raise TelephoneFailed(permanent=True)


_registered: list[Telephone] = []


def register_telephone(telephone: Telephone) -> None:
    """Make the telephone company known; there is one."""
    _registered[:] = [telephone]


def is_on() -> bool:
    """Whether there is a telephone company."""
    return bool(_registered)


def telephone() -> Telephone:
    """The registered one; without one every call fails for good."""
    return _registered[0] if _registered else _NoTelephone()
