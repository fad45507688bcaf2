"""Calls are among what a person takes away, and name nobody once they are erased."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from agent_console.calls_desk import services
from agent_console.calls_desk.tests.calling import answer_call, draft_of, form_of, page_of
from agent_console.calls_desk.tests.conftest import E164, LANDLINE, agent, desk
from agent_console.citizens.links import contact_share
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_at, resident_of_contact
from agent_console.reports.models import Report
from agent_console.rights.erasing import resident_erase
from agent_console.rights.erasing_contacts import contacts_forget
from agent_console.rights.export import my_data

__all__ = ["agent", "desk"]
pytestmark = pytest.mark.usefixtures("metropolis")


def test_an_erasure_leaves_a_call_without_its_caller(desk: Client) -> None:
    call = answer_call(desk)
    desk.post(page_of(call), form_of(call))
    desk.post(f"{page_of(call)}cloture/", {"code": "report", "note": "Habite au fond"})
    other = answer_call(desk, LANDLINE)
    services.draft_save(draft_id=draft_of(other).pk, fields={"description": ["Un trou"]}, version=0)
    call.refresh_from_db()
    resident = Report.objects.get().resident
    assert resident is not None
    (told,) = my_data(resident_id=resident.pk)["calls"]
    assert (told["about"], told["note"]) == (call.get_wrap_code_display(), "Habite au fond")
    with transaction.atomic():
        contacts_forget(resident_ids=frozenset({resident.pk}))
    call.refresh_from_db()
    assert (call.number_kind, call.number_sealed, call.number_digest, call.note) == (
        "unknown", None, None, "",
    )  # fmt: skip
    assert call.wrap_code == "report"
    other.refresh_from_db()
    assert other.number_kind == "given"
    assert other.drafts.get().fields


def test_an_erasure_forgets_who_spoke_at_a_number_that_others_keep(
    desk: Client, register: Path
) -> None:
    contact = contact_at(kind=ChannelCode.PHONE, address=E164)
    person = resident_of_contact(contact_point_id=contact.pk)
    other = contact_share(contact_point_id=contact.pk)
    call = answer_call(desk)
    services.call_speaker_set(call_id=call.pk, resident_id=person.pk)
    resident_erase(resident_id=person.pk, channel=ChannelCode.WEB, actor=None)
    call.refresh_from_db()
    assert (call.speaker, call.number_kind) == (None, "given")
    contact.refresh_from_db()
    assert contact.resident == other
