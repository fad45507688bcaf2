"""Operators: contacts, merging with preview and undo, splitting; by permission, and by whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.citizens.codes import phone_contact
from agent_console.citizens.models import ContactLink, ContactPoint, Resident, ResidentMerge
from agent_console.citizens.services import resident_of_contact
from agent_console.citizens.tests.conftest import Phones
from agent_console.collectors.models import Card, CardChange
from agent_console.identity.models import CaseMove
from agent_console.pickups.models import Booking, CapacityUnit, Sector, Slot, Window
from agent_console.reports.models import Report, ReportReward
from agent_console.staff.models import Act, AuditEntry

pytestmark = pytest.mark.django_db
RIGHTS = ("citizens.manage_contacts", "citizens.merge_residents", "reports.view_report")


@pytest.fixture
def console(make_user: Callable[..., User], client: Client) -> Client:
    client.force_login(make_user("nadia", *RIGHTS))
    return client


@pytest.fixture
def caller(phones: Phones) -> ContactPoint:
    contact = phone_contact(number="06 12 34 56 78")
    resident_of_contact(contact_point_id=contact.pk)
    contact.refresh_from_db()
    return contact


def written() -> list[tuple[str, object, str]]:
    """What the audit trail holds beside looks: the act, about whom, and what of theirs."""
    entries = AuditEntry.objects.exclude(act=Act.PERSON).order_by("pk")
    assert all(entry.actor.username == "nadia" for entry in entries)
    return [(entry.act, entry.resident, entry.subject) for entry in entries]


def address(resident: Resident | None, *more: object) -> str:
    assert resident is not None
    return f"/console/residents/{resident.pk}/" + "".join(f"{part}/" for part in more)


def test_only_with_permission(
    make_user: Callable[..., User], client: Client, caller: ContactPoint
) -> None:
    where = address(caller.resident)
    assert client.get(where).status_code == 302
    client.force_login(make_user("camille", "reports.view_report"))
    assert client.get(where).status_code == 403
    client.force_login(make_user("lea", "citizens.manage_contacts"))
    page = client.get(where)
    assert page.status_code == 200
    assert "SMS … 78" in page.content.decode()
    assert "612345678" not in page.content.decode()
    assert client.post(address(caller.resident, "merge"), {"reference": "1"}).status_code == 403


def test_merged_after_a_preview_and_undone(
    console: Client, caller: ContactPoint, report: Report
) -> None:
    kept, merged = caller.resident, report.resident
    assert kept is not None
    assert merged is not None
    wish = {"reference": report.reference_display}
    preview = console.post(address(kept, "merge"), wish)
    assert written() == []
    assert report.reference_display in preview.content.decode()
    assert not ResidentMerge.objects.exists()

    console.post(address(kept, "merge"), wish | {"confirmed": "1"})
    merge = ResidentMerge.objects.get()
    assert (merge.kept, merge.merged, merge.actor.username) == (kept, merged, "nadia")  # type: ignore[union-attr]
    assert report.reference_display in console.get(address(kept)).content.decode()
    assert console.get(address(merged))["Location"] == address(kept)
    again = console.post(address(kept, "merge"), wish)
    assert again.status_code == 422

    for _ in range(2):
        console.post(address(kept, "merges", merge.pk, "undo"))
    assert written() == [
        (act, one.pk, str(other.pk))
        for act in (Act.MERGED, Act.UNMERGED)
        for one, other in ((kept, merged), (merged, kept))
    ]
    merge.refresh_from_db()
    assert merge.undone_by is not None
    assert report.reference_display not in console.get(address(kept)).content.decode()


def test_detached_and_attached_again(console: Client, caller: ContactPoint) -> None:
    link = ContactLink.objects.get(contact_point=caller)
    for _ in range(2):
        console.post(address(caller.resident, "contacts", link.pk, "unlink"))
    link.refresh_from_db()
    assert (link.ended_how, link.actor.username) == ("operator", "nadia")  # type: ignore[union-attr]
    for _ in range(2):
        console.post(address(caller.resident, "contacts", link.pk, "relink"))
    assert ContactPoint.objects.get(pk=caller.pk).resident == caller.resident
    assert written() == [
        (act, link.resident_id, str(caller.pk))
        for act in (Act.CONTACT_UNLINKED, Act.CONTACT_LINKED)
    ]


def test_what_was_done_is_read_in_words(
    console: Client, caller: ContactPoint, make_user: Callable[..., User]
) -> None:
    link = ContactLink.objects.get(contact_point=caller)
    console.post(address(caller.resident, "contacts", link.pk, "unlink"))
    console.force_login(make_user("cheffe", "staff.view_audit_trail"))
    page = console.get("/console/staff/audit/", {"person": str(link.resident_id)}).text
    assert "A détaché un contact" in page
    assert str(caller.pk) in page


def test_a_new_holder(console: Client, caller: ContactPoint) -> None:
    link = ContactLink.objects.get(contact_point=caller)
    answer = console.post(address(caller.resident, "contacts", link.pk, "holder"))
    new = ContactPoint.objects.get(pk=caller.pk).resident
    assert new is not None
    assert new != caller.resident
    assert written() == [(Act.NEW_HOLDER, pk, str(caller.pk)) for pk in (link.resident_id, new.pk)]
    assert answer["Location"] == address(new)


@pytest.fixture
def booking(report: Report) -> Booking:
    """A pickup of the report's author."""
    assert report.commune is not None
    sector = Sector.objects.create(code="essai", name="Essai")
    slot = Slot.objects.create(
        sector=sector,
        day=timezone.localdate() + timedelta(days=7),
        window=Window.MORNING,
        capacity=5,
        unit=CapacityUnit.BOOKINGS,
    )
    return Booking.objects.create(
        reference="912345678",
        slot=slot,
        commune=report.commune,
        address="12 rue Longue",
        objects_count=1,
        litres=100,
        channel="phone",
        resident=report.resident,
        household=b"h" * 32,
        intake_key="test",
        intake_sha256=b"s" * 32,
    )


def test_split_gives_each_their_cases_and_no_point_changes_hands(
    console: Client, report: Report, booking: Booking
) -> None:
    author = report.resident
    link = ContactLink.objects.get(resident=author)
    where = address(author, "contacts", link.pk, "split")
    ReportReward.objects.update(reward_id="00000000-0000-0000-0000-000000000001")
    console.post(where, {"reports": [str(report.pk)]})
    report.refresh_from_db()
    assert report.resident == author

    assert not CaseMove.objects.exists()

    assert booking.reference_display in console.get(address(author)).content.decode()
    ReportReward.objects.update(reward_id=None)
    console.post(where, {"reports": [str(report.pk)], "bookings": [str(booking.pk)]})
    report.refresh_from_db()
    assert report.resident != author
    booking.refresh_from_db()
    assert booking.resident == report.resident
    moves = list(CaseMove.objects.order_by("pk"))
    assert [(move.report, move.booking) for move in moves] == [(report, None), (None, booking)]
    assert author is not None
    assert report.resident is not None
    assert written()[2:] == [
        (Act.NUMBER_SPLIT, author.pk, str(report.resident.pk)),
        (Act.NUMBER_SPLIT, report.resident.pk, str(author.pk)),
    ]
    for move in moves:
        assert (move.source, move.target, move.actor.username) == (author, report.resident, "nadia")
    assert ContactLink.objects.filter(contact_point=link.contact_point, ended_at=None).count() == 3


def test_cards_stand_in_the_history(
    console: Client, caller: ContactPoint, make_user: Callable[..., User]
) -> None:
    resident, actor = caller.resident, make_user("sami")
    assert resident is not None
    for number, is_theirs in (("1234", True), ("9876", False)):
        card = Card.objects.create(
            collector="verre",
            number_digest=number.encode() * 8,
            last4=number,
            resident=resident if is_theirs else None,
        )
        for kind in ("linked",) if is_theirs else ("linked", "unlinked"):
            CardChange.objects.create(card=card, kind=kind, resident=resident, actor=actor)
    page = console.get(address(resident))
    (now,), (before,) = page.context["cards"], page.context["cards_before"]
    assert (now.card.last4, now.linked.actor.username) == ("1234", "sami")
    assert (before.card.last4, before.ended.actor.username) == ("9876", "sami")
    assert "verre … 1234" in page.content.decode()
