"""Codes: brought once, repeated once, limited, and nowhere in clear."""

import logging
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens import codes
from agent_console.citizens.codes import code_bring, code_confirm, code_request, phone_contact
from agent_console.citizens.couriers import CourierUnavailable
from agent_console.citizens.errors import (
    AddressInvalid,
    CodeEnded,
    CodesLimited,
    CodeUndeliverable,
    CodeWrong,
)
from agent_console.citizens.limits import (
    CODE_ATTEMPTS,
    OF_ALL,
    PER_CONTACT,
    PER_REQUESTER,
    Limit,
)
from agent_console.citizens.models import CodePurpose, ContactPoint, OneTimeCode

from .conftest import Phones

pytestmark = pytest.mark.django_db(transaction=True)


def ask(contact: ContactPoint, requester: str = "203.0.113.7") -> uuid.UUID:
    return code_request(contact_point=contact, purpose=CodePurpose.SIGN_IN, requester=requester)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def confirm(code_id: uuid.UUID, code: str, **more: str) -> codes.Proof:
    return code_confirm(code_id=code_id, code=code, purpose=CodePurpose.SIGN_IN, **more)


def test_a_code_works_once_however_it_is_spaced(mobile: ContactPoint, phones: Phones) -> None:
    code_id = ask(mobile)
    code = phones.code_of(code_id)

    assert confirm(code_id, f" {code[:3]} {code[3:]}").contact_point == mobile
    with pytest.raises(CodeEnded):
        confirm(code_id, code)


def test_tries_are_counted_and_end(mobile: ContactPoint, phones: Phones) -> None:
    code_id = ask(mobile)
    code = phones.code_of(code_id)
    for left in range(CODE_ATTEMPTS - 1, 0, -1):
        with pytest.raises(CodeWrong) as refusal:
            confirm(code_id, other_than(code))
        assert refusal.value.attempts_left == left
    with pytest.raises(CodeEnded):
        confirm(code_id, other_than(code))
    with pytest.raises(CodeEnded):
        confirm(code_id, code)


def test_a_code_is_too_old_after_its_time(mobile: ContactPoint, phones: Phones) -> None:
    code_id = ask(mobile)
    code = phones.code_of(code_id)
    OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(CodeEnded):
        confirm(code_id, code)


def test_a_code_opens_only_what_it_was_asked_for_and_for_whom(
    mobile: ContactPoint, phones: Phones
) -> None:
    code_id = ask(mobile)
    code = phones.code_of(code_id)
    with pytest.raises(CodeEnded):
        code_confirm(code_id=code_id, code=code, purpose=CodePurpose.LINK)
    with pytest.raises(CodeEnded):
        confirm(code_id, code, requester="198.51.100.1")
    assert confirm(code_id, code, requester="203.0.113.7").contact_point == mobile


def test_a_newer_code_ends_the_older_one(mobile: ContactPoint, phones: Phones) -> None:
    older = ask(mobile)
    code = phones.code_of(older)
    ask(mobile)
    with pytest.raises(CodeEnded):
        confirm(older, code)


def test_the_same_key_is_the_same_request(mobile: ContactPoint) -> None:
    asked = {
        "contact_point": mobile,
        "purpose": CodePurpose.SIGN_IN,
        "requester": "a",
        "request_key": "turn:1",
    }
    assert code_request(**asked) == code_request(**asked)  # type: ignore[arg-type]
    assert OneTimeCode.objects.count() == 1


def test_requests_for_one_number_are_limited_whoever_asks(mobile: ContactPoint) -> None:
    for number in range(PER_CONTACT[0].most):
        ask(mobile, f"192.0.2.{number}")
    with pytest.raises(CodesLimited) as refusal:
        ask(mobile, "192.0.2.99")
    assert 0 < refusal.value.retry_after_s <= PER_CONTACT[0].span.total_seconds() + 1

    OneTimeCode.objects.update(created_at=timezone.now() - PER_CONTACT[0].span)
    ask(mobile, "192.0.2.99")


def test_a_number_is_one_whether_it_is_texted_or_called(phones: Phones) -> None:
    from agent_console.citizens.models import ChannelCode
    from agent_console.citizens.services import contact_at

    for number in range(PER_CONTACT[0].most):
        ask(phone_contact(number="0612345678"), f"192.0.2.{number}")
    with pytest.raises(CodesLimited):
        ask(contact_at(kind=ChannelCode.VOICE, address="0612345678"), "192.0.2.99")


def test_one_requester_can_not_ask_for_many_numbers(phones: Phones) -> None:
    for number in range(PER_REQUESTER[0].most):
        ask(phone_contact(number=f"06123456{number:02}"))
    with pytest.raises(CodesLimited):
        ask(phone_contact(number="0698765432"))
    ask(phone_contact(number="0698765432"), "198.51.100.1")


def test_what_everybody_asks_for_is_limited(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "OF_ALL", (Limit(2, OF_ALL[0].span),))
    for number in range(2):
        ask(phone_contact(number=f"06123456{number:02}"), f"192.0.2.{number}")
    with pytest.raises(CodesLimited):
        ask(phone_contact(number="0698765432"), "198.51.100.1")


def test_landlines_are_called_and_costly_numbers_are_not(phones: Phones) -> None:
    landline = phone_contact(number="04 91 23 45 67")
    phones.code_of(ask(landline))
    assert phones.brought[-1][:2] == (landline.pk, "voice")
    with pytest.raises(AddressInvalid, match="phone_not_callable"):
        phone_contact(number="0899 70 00 00")


def test_without_a_courier_nothing_is_promised(contact_point: ContactPoint) -> None:
    with pytest.raises(CodeUndeliverable):
        ask(contact_point)


def test_an_unavailable_courier_gets_the_same_code_again(
    mobile: ContactPoint, phones: Phones
) -> None:
    code_id = ask(mobile)
    phones.is_down = True
    with pytest.raises(CourierUnavailable):
        code_bring(code_id=code_id)
    phones.is_down = False
    assert confirm(code_id, phones.code_of(code_id)).contact_point == mobile


def test_a_code_that_ended_is_not_brought(mobile: ContactPoint, phones: Phones) -> None:
    code_id = ask(mobile)
    OneTimeCode.objects.update(expires_at=timezone.now())
    assert not code_bring(code_id=code_id)
    assert phones.brought == []
    assert OneTimeCode.objects.get().code_sealed is None


def test_the_code_is_in_no_log_no_job_and_not_in_clear(
    mobile: ContactPoint, phones: Phones, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        code_id = ask(mobile)
        sealed = bytes(OneTimeCode.objects.get().code_sealed or b"")
        code = phones.code_of(code_id)
        with pytest.raises(CodeWrong):
            confirm(code_id, other_than(code))
        confirm(code_id, code)

    row = OneTimeCode.objects.get()
    assert row.code_sealed is None
    assert sealed
    assert code.encode() not in sealed
    assert code.encode() not in bytes(row.digest)
    job = ProcrastinateJob.objects.filter(task_name="citizens.bring_code").latest("id")
    assert job.args == {"code_id": str(code_id)}
    assert code not in caplog.text
    assert "0612345678" not in caplog.text


def test_known_and_unknown_numbers_go_the_same_way(
    phones: Phones, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statement by statement, so that neither the answer nor its time tells them apart."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from agent_console.citizens.services import resident_of_contact

    known = phone_contact(number="0612345678")
    resident_of_contact(contact_point_id=known.pk)
    never_proved = phone_contact(number="0698765432")
    statements = []
    for number, requester in (("0612345678", "192.0.2.1"), ("0698765432", "192.0.2.2")):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            code_id = ask(phone_contact(number=number), requester)
        assert isinstance(code_id, uuid.UUID)
        statements.append([query["sql"].split(" ")[0] for query in asked.captured_queries])
    assert never_proved.resident is None
    assert statements[0] == statements[1]
