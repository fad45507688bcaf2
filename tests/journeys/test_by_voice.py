"""A report made wholly by voice and keys; a person asked for, put through with what was said."""

import re
from collections.abc import Iterator

import pytest

from channels_config.sms.tests.twilio_double import TwilioDouble
from channels_config.voice.tests.phone import Telephone
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.providers import twilio_served
from tests.support.system import System, eventually
from tests.support.voice import posting, telephone

# A street of its own: the same problem at the same place would be somebody else's report already.
SENTENCE = "il y a un nid-de-poule devant le 14 rue Sainte à Marseille"
_SPOKEN_REFERENCE = re.compile(r"\d \d \d, \d \d \d, \d \d \d")
_REPORT = """
    SELECT r.channel, d.state FROM reports_report r
    JOIN conversations_message m ON m.conversation_id = r.conversation_id
    JOIN conversations_delivery d ON d.message_id = m.id
    WHERE r.reference = %s ORDER BY m.seq
"""
CALLS = "/console/calls/"
DESK = "04 91 99 00 01"


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


def holds(twilio: TwilioDouble, phone: Telephone) -> list[str]:
    """What was asked of holding the caller, in order."""
    asked = [one for one in twilio.participants if one["sid"] == phone.sid]
    return [one["Hold"] for one in asked if "Hold" in one]


def test_a_report_by_voice_is_read_back_and_confirmed(
    system: System, ledger: Ledger, twilio: TwilioDouble
) -> None:
    phone = telephone(system, twilio)
    assert "assistant automatique" in phone.dial()
    read_back = phone.say(SENTENCE)
    assert "rue Sainte" in read_back
    assert "tapez 1" in read_back
    created = phone.press("1")
    found = _SPOKEN_REFERENCE.search(created)
    assert found is not None, created
    phone.silence()  # heard to its end, and nothing more
    phone.silence()
    assert phone.is_over
    reference = re.sub(r"\D", "", found[0])
    rows = ledger.console(_REPORT, reference)
    assert rows
    assert set(rows) == {("voice", "delivered")}
    # nothing was left unsaid, so nothing is texted
    assert [one for one in twilio.asked if one["To"] == phone.number] == []


def test_key_0_brings_a_person_who_reads_what_was_said(
    system: System, operator: Operator, twilio: TwilioDouble
) -> None:
    phone = telephone(system, twilio)
    phone.dial()
    phone.say(SENTENCE)
    phone.press("0")
    assert phone.is_waiting
    operator.send("/console/calls/phone/", form_on=CALLS, number=DESK)
    page = operator.page(CALLS)
    takes = re.findall(r'action="(/console/calls/[0-9a-f-]{36}/take/)"', page)
    assert takes
    screen = operator.send(takes[-1], form_on=CALLS).text  # whoever joined last
    assert "rue Sainte" in screen

    asked = eventually(twilio.calls_made, bool, what="the operator's telephone rung")[0]
    assert asked["To"] == "+33491990001"
    leg = Telephone(
        posting(system, twilio),
        number="+33491000001",
        base=system.environment["PUBLIC_BASE_URL"],
        account=twilio.account,
    )
    leg.picked_up(asked)
    leg.press("1")
    twilio.opened(leg.room.text or "", leg.sid)
    changed = eventually(twilio.calls_changed, bool, what="the caller brought")[0]
    assert changed["sid"] == phone.sid
    phone.taken_to(changed["Url"])
    assert phone.room.text == leg.room.text
    twilio.opened(phone.room.text or "", phone.sid)
    there = takes[-1].removesuffix("take/")
    assert "En ligne" in operator.page(there)
    for name, said in (("hold", ["true"]), ("resume", ["true", "false"])):
        operator.send(f"{there}talk/{name}/", form_on=there)
        eventually(lambda: holds(twilio, phone), said.__eq__, what=name)
    assert "Au revoir" in phone.dial_ended("completed")
    ended = operator.page(there)
    assert "Terminé" in ended
    assert "Mis en attente" in ended
    assert twilio.refused == []
