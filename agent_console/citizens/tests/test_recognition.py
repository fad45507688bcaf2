"""A number shows cases, a code points, a fresh code or the PIN spends; each for its time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agent_console.citizens.codes import code_request
from agent_console.citizens.errors import (
    PinInvalid,
    PinLocked,
    PinUnset,
    PinWrong,
    RecognitionNeeded,
    SpeakerUnclear,
)
from agent_console.citizens.limits import PIN_ATTEMPTS
from agent_console.citizens.links import contact_share
from agent_console.citizens.models import (
    ChannelCode,
    CodePurpose,
    ContactPoint,
    Pin,
    ProofHow,
    Recognition,
)
from agent_console.citizens.phones import phone_to_prove
from agent_console.citizens.pins import pin_check, pin_set
from agent_console.citizens.recognition import (
    LASTS,
    Level,
    level_after,
    level_at,
    level_require,
    recognise_by_code,
    recognise_by_pin,
    recognition_end,
)
from agent_console.citizens.services import contact_at, resident_of_contact

from .conftest import Phones

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(mobile: ContactPoint) -> ContactPoint:
    resident_of_contact(contact_point_id=mobile.pk)
    mobile.refresh_from_db()
    return mobile


def test_a_number_shows_cases_and_a_code_opens_points(known: ContactPoint, phones: Phones) -> None:
    assert level_at(contact_point=known) is Level.CASES
    with pytest.raises(RecognitionNeeded) as refusal:
        level_require(contact_point=known, level=Level.POINTS)
    assert refusal.value.ways == ("code",)

    code_id = code_request(contact_point=known, purpose=CodePurpose.RECOGNISE, requester="r")
    recognise_by_code(code_id=code_id, code=phones.code_of(code_id), contact_point=known)
    assert level_at(contact_point=known) is Level.SPENDING
    Recognition.objects.update(at=timezone.now() - LASTS[ProofHow.CODE][Level.SPENDING])
    assert level_at(contact_point=known) is Level.POINTS
    Recognition.objects.update(at=timezone.now() - LASTS[ProofHow.CODE][Level.POINTS])
    assert level_at(contact_point=known) is Level.CASES


def test_it_ends_on_demand_and_when_somebody_else_speaks(
    known: ContactPoint, phones: Phones
) -> None:
    assert known.resident is not None
    pin_set(resident_id=known.resident.pk, pin="2580")
    recognise_by_pin(contact_point=known, pin="2580")
    recognition_end(contact_point=known)
    assert level_at(contact_point=known) is Level.CASES

    recognise_by_pin(contact_point=known, pin="2580")
    contact_share(contact_point_id=known.pk)
    known.refresh_from_db()
    assert level_at(contact_point=known) is Level.CASES


def test_nobody_known_proves_nothing(contact_point: ContactPoint) -> None:
    assert level_at(contact_point=contact_point) is Level.NOBODY
    with pytest.raises(SpeakerUnclear):
        recognise_by_pin(contact_point=contact_point, pin="2580")


@pytest.mark.parametrize(
    "pin", ["", "123", "1234567", "0000", "1234", "9876", "8901", "12a4", "٢٥٨٠"]
)
def test_pins_that_are_none(known: ContactPoint, pin: str) -> None:
    assert known.resident is not None
    with pytest.raises(PinInvalid):
        pin_set(resident_id=known.resident.pk, pin=pin)


def test_a_pin_locks_also_for_the_right_one_and_a_new_one_unlocks(known: ContactPoint) -> None:
    assert known.resident is not None
    resident_id = known.resident.pk
    with pytest.raises(PinUnset):
        pin_check(resident_id=resident_id, pin="2580")
    pin_set(resident_id=resident_id, pin="2580")
    assert "2580" not in Pin.objects.get().hash
    for _ in range(PIN_ATTEMPTS - 1):
        with pytest.raises(PinWrong):
            pin_check(resident_id=resident_id, pin="2581")
    for pin in ("2581", "2580"):
        with pytest.raises(PinLocked):
            pin_check(resident_id=resident_id, pin=pin)
    pin_set(resident_id=resident_id, pin="2580")
    pin_check(resident_id=resident_id, pin="2580")


@given(how=st.sampled_from(ProofHow), seconds=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_a_proof_never_opens_more_with_time(how: ProofHow, seconds: int, more: int) -> None:
    at = timezone.now()
    sooner = level_after(how=how, at=at, now=at + timedelta(seconds=seconds))
    later = level_after(how=how, at=at, now=at + timedelta(seconds=seconds + more))
    assert Level.CASES <= later <= sooner


def test_a_mobile_that_calls_is_texted_and_a_landline_is_called(
    known: ContactPoint, phones: Phones
) -> None:
    for number, kind in (("0612345678", "sms"), ("0491234567", "voice")):
        caller = contact_at(kind=ChannelCode.VOICE, address=number)
        resident_of_contact(contact_point_id=caller.pk)
        caller.refresh_from_db()
        code_id = code_request(
            contact_point=phone_to_prove(contact_point=caller),
            purpose=CodePurpose.RECOGNISE,
            requester="r",
            asked_from=caller,
        )
        code = phones.code_of(code_id)
        assert phones.brought[-1][1] == kind
        recognise_by_code(code_id=code_id, code=code, contact_point=caller)
        assert level_at(contact_point=caller) is Level.SPENDING


def test_a_code_for_another_contact_opens_nothing_here(known: ContactPoint, phones: Phones) -> None:
    other = contact_at(kind=ChannelCode.SMS, address="0698765432")
    resident_of_contact(contact_point_id=other.pk)
    other.refresh_from_db()
    code_id = code_request(contact_point=known, purpose=CodePurpose.RECOGNISE, requester="r")
    with pytest.raises(SpeakerUnclear):
        recognise_by_code(code_id=code_id, code=phones.code_of(code_id), contact_point=other)
    assert level_at(contact_point=other) is Level.CASES
