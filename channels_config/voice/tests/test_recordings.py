"""A recorded talk is known while Twilio has it, and deleted there with what was said."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from agent_console.calls import calling, tasks
from agent_console.calls import ports as calls_ports
from agent_console.calls.errors import TelephoneFailed
from agent_console.calls.models import Call, Recording
from agent_console.citizens.links import contact_share
from agent_console.citizens.models import ChannelCode, Resident
from agent_console.citizens.services import resident_of_contact
from agent_console.conversations.models import Conversation
from agent_console.rights.erasing import erasures_replay, resident_erase
from agent_console.rights.erasing_contacts import talks_forget
from agent_console.rights.export import my_data
from channels_config.sms.tests.twilio_double import TOKEN, TwilioDouble, problem

from .conftest import BASE, FORM, Ring
from .phone import Telephone
from .test_operators import picked_up

pytestmark = pytest.mark.usefixtures("one_transaction", "desk_open", "metropolis")
STATUS = f"{BASE}/channels/voice/twilio/recorded"


@pytest.fixture(autouse=True)
def _recorded(settings: Settings, tmp_path: Path) -> None:
    settings.VOICE_RECORDING = True
    settings.ERASURE_REGISTER = str(tmp_path / "register.jsonl")


@pytest.fixture
def talked(ring: Ring, twilio: TwilioDouble, operator: User) -> Telephone:
    """Somebody who did not refuse talks with an operator."""
    phone = ring()
    phone.dial()
    phone.press("0")
    phone.silence()
    calling.call_take(call_id=Call.objects.get().pk, actor=operator)
    picked_up(phone, twilio)
    return phone


@pytest.fixture
def sid(talked: Telephone, twilio: TwilioDouble) -> str:
    """The recording that Twilio has of it."""
    sid = "RE" + secrets.token_hex(16)
    twilio.recordings.add(sid)
    return sid


@pytest.fixture
def person(talked: Telephone) -> Resident:
    return resident_of_contact(contact_point_id=Conversation.objects.get().contact_point_id)


def erase(resident: Resident) -> None:
    resident_erase(resident_id=resident.pk, channel=ChannelCode.WEB, actor=None)


def worker() -> None:
    """Run every deletion that waits, as the worker does; the first that fails stops it."""
    for job in ProcrastinateJob.objects.filter(task_name="calls.forget_recording"):
        inspect.unwrap(tasks.forget_recording.func)(**job.args)


def test_an_erasure_deletes_the_recordings_at_twilio_until_it_is_done(
    talked: Telephone, sid: str, person: Resident, twilio: TwilioDouble
) -> None:
    for _ in "12":  # Twilio may say so twice
        talked.recorded(sid)
    assert Recording.objects.get().call == Call.objects.get()
    assert len(my_data(resident_id=person.pk)["recordings"]) == 1
    worker()
    assert twilio.recordings == {sid}

    erase(person)
    assert Recording.objects.get().call is None
    for fault in (problem(503, 20503), problem(429, 20429), problem(401, 20003)):
        twilio.answers = [fault]
        with pytest.raises(TelephoneFailed):
            worker()
        assert Recording.objects.get().provider_id == sid
    worker()
    assert (twilio.recordings, Recording.objects.count()) == (set(), 0)
    worker()  # the same jobs again


def test_a_recording_that_is_gone_already_is_done(
    talked: Telephone, sid: str, person: Resident, twilio: TwilioDouble
) -> None:
    talked.recorded(sid)
    twilio.recordings.clear()  # by hand, or by a job that crashed after asking
    erase(person)
    asked = twilio.requests
    worker()
    assert (twilio.requests, Recording.objects.count()) == (asked + 1, 0)


def test_a_recording_that_is_known_only_after_the_erasure_is_deleted_too(
    talked: Telephone, sid: str, person: Resident, twilio: TwilioDouble
) -> None:
    erase(person)
    talked.recorded(sid)
    worker()
    assert (twilio.recordings, Recording.objects.count()) == (set(), 0)


def test_a_restored_backup_deletes_again_and_a_night_takes_up_what_was_given_up(
    talked: Telephone, sid: str, person: Resident, twilio: TwilioDouble
) -> None:
    talked.recorded(sid)
    assert erasures_replay(resident_ids=frozenset({person.pk})) == 1
    ProcrastinateJob.objects.all()._raw_delete("default")
    inspect.unwrap(tasks.forget_recordings.func)(timestamp=0)
    worker()
    assert (twilio.recordings, Recording.objects.count()) == (set(), 0)


def test_words_that_are_over_take_their_recordings_along(
    talked: Telephone, sid: str, twilio: TwilioDouble
) -> None:
    talked.recorded(sid)
    talks_forget([Conversation.objects.get().pk], are_gone=False)
    worker()
    assert twilio.recordings == set()
    assert Call.objects.exists()


def test_who_shares_the_number_keeps_what_cannot_be_told_apart(
    talked: Telephone, sid: str, person: Resident, twilio: TwilioDouble
) -> None:
    talked.recorded(sid)
    contact_share(contact_point_id=Conversation.objects.get().contact_point_id)
    erase(person)
    worker()
    assert twilio.recordings == {sid}


def test_without_a_telephone_company_it_waits(
    talked: Telephone, sid: str, person: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    talked.recorded(sid)
    erase(person)
    monkeypatch.setattr(calls_ports, "_registered", [])
    with pytest.raises(TelephoneFailed):
        worker()
    assert Recording.objects.exists()


def test_who_refuses_is_not_recorded(ring: Ring, twilio: TwilioDouble, operator: User) -> None:
    phone = ring()
    phone.dial()
    phone.press("0")
    phone.press("9")
    calling.call_take(call_id=Call.objects.get().pk, actor=operator)
    picked_up(phone, twilio)
    assert phone.room.get("record") is phone.room.get("recordingStatusCallback") is None


@pytest.mark.parametrize(
    ("form", "is_signed", "status"),
    [
        ({"RecordingSid": "RE" + "0" * 32}, False, 403),
        ({"RecordingSid": "CA" + "0" * 32}, True, 400),
        ({}, True, 400),
    ],
)
def test_what_twilio_did_not_sign_or_say_is_refused(
    client: Client,
    talked: Telephone,
    form: Mapping[str, str],
    is_signed: bool,
    status: int,
) -> None:
    said = {"CallSid": talked.sid, "AccountSid": "AC" + "0" * 31 + "1"} | dict(form)
    there = f"{STATUS}?call={Call.objects.get().pk}"
    signature = RequestValidator(TOKEN).compute_signature(there, said) if is_signed else "x"
    answer = client.post(
        there.removeprefix(BASE),
        urlencode(said),
        content_type=FORM,
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == status
    assert not Recording.objects.exists()
