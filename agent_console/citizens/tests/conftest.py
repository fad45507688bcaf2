"""A courier that keeps what it was given, instead of a phone."""

import uuid

import pytest

from agent_console.citizens import couriers
from agent_console.citizens.codes import code_bring, phone_contact
from agent_console.citizens.models import ChannelCode, ContactPoint


class Phones:
    """Everybody's phones: what was brought to which contact."""

    def __init__(self) -> None:
        self.brought: list[tuple[uuid.UUID, str, str]] = []
        self.is_down = False

    def receive(self, *, kind: ChannelCode, contact_point: ContactPoint, code: str) -> None:
        if self.is_down:
            raise couriers.CourierUnavailable
        self.brought.append((contact_point.pk, str(kind), code))

    def code_of(self, code_id: uuid.UUID) -> str:
        """Bring the code, as the worker does, and read it."""
        assert code_bring(code_id=code_id)
        return self.brought[-1][2]


class _Courier:
    def __init__(self, kind: ChannelCode, phones: Phones) -> None:
        self.kind = kind
        self._phones = phones

    def send(self, *, contact_point: ContactPoint, code: str, locale: str) -> None:
        self._phones.receive(kind=self.kind, contact_point=contact_point, code=code)


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch) -> Phones:
    """Couriers for texts and calls, as the channels register them."""
    monkeypatch.setattr(couriers, "_COURIERS", {})
    phones = Phones()
    for kind in (ChannelCode.SMS, ChannelCode.VOICE):
        couriers.register_courier(_Courier(kind, phones))
    return phones


@pytest.fixture
def mobile(db: None, phones: Phones) -> ContactPoint:
    return phone_contact(number="06 12 34 56 78")
