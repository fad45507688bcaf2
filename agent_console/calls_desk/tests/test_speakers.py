"""A number that several people share: who calls is asked, chosen, and what follows is theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from agent_console.calls_desk import services
from agent_console.calls_desk.models import Call
from agent_console.citizens.links import contact_link, contact_share, contact_unlink
from agent_console.citizens.merging import resident_merge
from agent_console.citizens.models import (
    ChannelCode,
    ContactPoint,
    LinkHow,
    Resident,
    WalletConsent,
)
from agent_console.citizens.services import contact_at, resident_of_contact
from agent_console.conversations.models import Message
from agent_console.intake import access
from agent_console.pickups.models import Booking, Slot
from agent_console.pickups.tests.conftest import make_slot, pickups
from agent_console.reports.models import Report, Support
from agent_console.staff.models import Act, AuditEntry

from .calling import answer_call, draft_of, form_of, page_of
from .conftest import E164
from .test_proposals import AIX

__all__ = ["make_slot", "pickups"]
ROME = "80 rue de Rome"
pytestmark = pytest.mark.usefixtures("metropolis")


@pytest.fixture
def sms(db: None) -> ContactPoint:
    """The number, as it is texted; nobody has called from it yet."""
    return contact_at(kind=ChannelCode.SMS, address=E164)


@pytest.fixture
def first(sms: ContactPoint, report: Report) -> Resident:
    """Who has had the number for long, with a report."""
    resident = resident_of_contact(contact_point_id=sms.pk)
    Report.objects.filter(pk=report.pk).update(resident=resident)
    return resident


@pytest.fixture
def second(first: Resident, sms: ContactPoint) -> Resident:
    """Who uses it too, and spoke last; asked for nothing yet."""
    return contact_share(contact_point_id=sms.pk)


def choose(desk: Client, call: Call, who: Resident | str, **typed: str) -> str:
    """Press the button of one of them; the page that follows."""
    said = form_of(call, **typed) | {"speaker": str(who.pk if isinstance(who, Resident) else who)}
    return desk.post(f"{page_of(call)}interlocuteur/", said, follow=True).text


def test_the_people_of_a_number_are_shown_by_little_and_nothing_before_one_is_chosen(
    desk: Client, first: Resident, second: Resident, report: Report
) -> None:
    call = answer_call(desk)
    page = desk.get(page_of(call)).text
    assert page.count('data-testid="speaker"') == 2
    assert "2 personnes utilisent ce numéro" in page
    assert report.category.label_fr in page
    assert "Aucune demande" in page
    assert page.count(" Connu depuis le") + page.count(">Connu depuis le") == 2
    for hidden in (report.reference_display, "12 rue Paradis", "data-points", "seule fois"):
        assert hidden not in page
    looks = AuditEntry.objects.filter(act=Act.CALL, subject=call.pk)
    assert {one.resident for one in looks} == {first.pk, second.pk}

    refused = desk.post(page_of(call), form_of(call, address=ROME))
    assert refused.status_code == 422
    assert "Demandez qui appelle, puis choisissez" in refused.text
    assert Report.objects.count() == 1
    assert "Un gros nid-de-poule" in desk.get(page_of(call)).text


def test_what_the_chosen_one_asks_for_is_theirs(
    desk: Client,
    first: Resident,
    second: Resident,
    sms: ContactPoint,
    report: Report,
    sms_on: None,
) -> None:
    known = Resident.objects.count()
    call = answer_call(desk)
    page = choose(desk, call, first, description="Un trou", address=ROME)
    assert "Un trou" in page  # what was typed is kept
    assert report.reference_display in page
    assert "Au téléphone" in page
    assert "à demander une seule fois" in page
    sms.refresh_from_db()
    assert sms.resident == second  # a choice alone moves nothing
    desk.post(page_of(call), form_of(call, sms="on", wallet="yes", address=ROME))
    made = Report.objects.exclude(pk=report.pk).get()
    assert made.resident == first
    assert WalletConsent.objects.get().resident == first
    assert Message.objects.get(author="system").conversation == made.conversation
    for point in ContactPoint.objects.filter(links__resident=first).distinct():
        assert point.resident == first, point.kind
    assert Resident.objects.count() == known
    desk.post(f"{page_of(call)}autre/")  # who speaks is not asked twice in a call
    desk.post(page_of(call), form_of(call, address=ROME, seen=made.reference))
    assert list(Report.objects.values_list("resident", flat=True)) == [first.pk] * 3

    next_call = answer_call(desk)
    assert "demandez qui appelle" in desk.get(page_of(next_call)).text  # but in each call
    choose(desk, next_call, second)
    sent = form_of(next_call, attach=report.reference, sms="on")
    desk.post(page_of(next_call), sent)
    assert Support.objects.get().resident == second


@pytest.mark.usefixtures("pickups")
def test_somebody_else_becomes_a_resident_with_the_first_request(
    desk: Client,
    agent: User,
    first: Resident,
    second: Resident,
    make_slot: Callable[..., Slot],
) -> None:
    known = Resident.objects.count()
    call = answer_call(desk)
    assert "Quelqu’un d’autre est au téléphone" in choose(desk, call, "new")
    assert Resident.objects.count() == known
    said = form_of(call, **AIX, items="2 canapés", slot=str(make_slot().pk), wallet="no")
    for _ in range(2):  # a double click
        desk.post(page_of(call), said)
    newcomer = Booking.objects.get().resident
    assert newcomer is not None
    assert newcomer not in (first, second)
    assert Resident.objects.count() == known + 1
    assert WalletConsent.objects.get().resident == newcomer
    link = newcomer.links.get()
    assert (link.how, link.actor, link.contact_point.kind) == (LinkHow.SPLIT, agent, "phone")
    desk.post(f"{page_of(call)}autre/")
    desk.post(page_of(call), form_of(call, address=ROME))
    assert Report.objects.get(channel="phone").resident == newcomer
    assert Resident.objects.count() == known + 1


def test_who_does_not_use_the_number_cannot_be_chosen(
    desk: Client, first: Resident, second: Resident, sms: ContactPoint
) -> None:
    call = answer_call(desk)
    for wrong in (Resident.objects.create(), "x", ""):
        assert "Demandez qui appelle" in choose(desk, call, wrong)
    call.refresh_from_db()
    assert (call.speaker, call.speaker_is_new) == (None, False)
    contact_share(contact_point_id=sms.pk)
    choose(desk, call, first)
    contact_unlink(contact_point_id=sms.pk, resident_id=first.pk, how=LinkHow.OPERATOR)
    assert desk.post(page_of(call), form_of(call, address=ROME)).status_code == 422


def test_a_choice_survives_a_merge_and_ends_with_the_number(
    desk: Client, first: Resident, second: Resident, sms: ContactPoint
) -> None:
    contact_share(contact_point_id=sms.pk)
    call = answer_call(desk)
    choose(desk, call, second)
    resident_merge(kept_id=first.pk, merged_id=second.pk, actor=None)
    desk.post(page_of(call), form_of(call, address=ROME))
    assert Report.objects.get(channel="phone").resident == first

    other = answer_call(desk)
    choose(desk, other, first)
    services.call_number_set(call_id=other.pk, number="06 98 76 54 32")
    other.refresh_from_db()
    assert other.speaker is None


def test_a_speaker_is_one_of_them_or_somebody_new(
    desk: Client, first: Resident, second: Resident
) -> None:
    call = answer_call(desk)
    choose(desk, call, "new")
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.update(speaker=first)


def test_only_who_answers_the_call_chooses(
    desk: Client, first: Resident, second: Resident, make_user: Callable[..., User]
) -> None:
    call = answer_call(desk)
    other = Client()
    other.force_login(make_user("collegue", access.ADD_REPORTS))
    said = {"key": str(draft_of(call).pk), "speaker": str(first.pk)}
    assert other.post(f"{page_of(call)}interlocuteur/", said).status_code == 404


def test_somebody_linked_at_another_use_of_the_number_is_one_of_its_people(
    desk: Client, first: Resident, sms: ContactPoint
) -> None:
    spoken = contact_at(kind=ChannelCode.VOICE, address=E164)
    other = Resident.objects.create()
    contact_link(contact_point_id=spoken.pk, resident=other, how=LinkHow.FIRST, is_verified=False)
    call = answer_call(desk)
    choose(desk, call, other)
    desk.post(page_of(call), form_of(call, address=ROME))
    assert Report.objects.get(channel="phone").resident == other
