"""Booking for a caller: place, objects, slot, reference; search, change, cancel, call back."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from agent_console.pickups.models import Booking, Reminder, Slot
from agent_console.staff.models import Act, AuditEntry

pytestmark = pytest.mark.django_db
BOOK = "/console/pickups/book/"
Book = Callable[..., Booking]


def form(free: Slot, **changes: object) -> dict[str, object]:
    return {
        "key": str(uuid.uuid4()),
        "address": "12 cours Mirabeau",
        "place": "",
        "items": "2 chaises, un frigo",
        "slot": free.pk,
        "channel": "phone",
        "contact": "06 12 34 56 78",
        **changes,
    }


@pytest.mark.parametrize(
    ("said", "insee"), [("12 rue Paradis Marseille 6e", "13206"), ("Aix-en-Provence", "13001")]
)
def test_a_place_leads_to_the_form_with_the_commune_only_in_its_address(
    desk: Client, said: str, insee: str
) -> None:
    answer = desk.post(BOOK, {"lieu": said})
    assert answer.headers["Location"] == f"{BOOK}?insee={insee}"


@pytest.mark.parametrize(
    ("said", "why"), [("Lyon", "n’est pas dans la Métropole"), ("Marseille", "l’arrondissement")]
)
def test_a_place_that_leads_nowhere_says_why(desk: Client, said: str, why: str) -> None:
    answer = desk.post(BOOK, {"lieu": said})
    assert answer.status_code == 422
    assert why in answer.text
    assert f'value="{said}"' in answer.text


def test_where_somebody_else_collects_the_number_is_given(desk: Client) -> None:
    answer = desk.get(f"{BOOK}?insee=13041")
    assert "04 42 91 49 00" in answer.text
    assert "valeur par défaut, à confirmer" in answer.text
    assert 'data-testid="book"' not in answer.text


def test_the_form_shows_the_rule_as_a_default_and_the_free_slots(desk: Client, slot: Slot) -> None:
    page = desk.get(f"{BOOK}?insee=13001").text
    assert "8 objets et 3\u00a0m³ au plus" in page
    assert "valeur par défaut, à confirmer" in page
    assert f'value="{slot.pk}"' in page


def test_what_is_typed_is_read_back_at_once(desk: Client, slot: Slot) -> None:
    part = desk.post(f"{BOOK}13001/reading/", {"items": "2 canapés, 4 pneus", "slot": slot.pk}).text
    assert "2 × Canapé" in part
    assert "Pneu\u00a0: non collecté" in part.replace("&nbsp;", "\u00a0")
    assert "2 objets sur 8, 2,4\u00a0m³ sur 3\u00a0m³" in part
    assert "checked" in part


def test_a_double_click_is_one_booking(desk: Client, slot: Slot) -> None:
    body = form(slot)
    first = desk.post(f"{BOOK}?insee=13001", body)
    again = desk.post(f"{BOOK}?insee=13001", body, follow=True)
    booking = Booking.objects.get()
    assert first.headers["Location"] == f"/console/pickups/bookings/{booking.reference}/"
    assert booking.reference_display in again.text
    assert booking.steps.get().actor is not None
    assert booking.channel == "phone"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"items": "4 pneus"}, "ne peut pas être collecté"),
        ({"items": "xyzzy"}, "n’est pas reconnu"),
        ({"items": "9 chaises"}, "c’est trop pour un passage"),
        ({"items": ""}, "obligatoire"),
        ({"address": ""}, "obligatoire"),
        ({"contact": ""}, "obligatoire"),
        ({"slot": ""}, "Choisissez un créneau"),
        ({"slot": 999_999}, "n’existe pas pour ce secteur"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    desk: Client, slot: Slot, changes: dict[str, object], why: str
) -> None:
    answer = desk.post(f"{BOOK}?insee=13001", form(slot, **changes))
    assert answer.status_code == 422
    assert why in answer.text
    assert not Booking.objects.exists()
    if "contact" not in changes:
        assert "06 12 34 56 78" in answer.text


def test_bookings_are_found_by_reference_address_and_day(
    desk: Client, slot: Slot, book: Book
) -> None:
    booking = book(slot, address="7 rue des Cordeliers")
    book(slot)
    for query in (
        {"q": booking.reference_display},
        {"q": "cordeliers"},
        {"q": booking.contact},
    ):
        page = desk.get("/console/pickups/bookings/", query).text
        assert page.count('data-testid="booking"') == 1
        assert booking.reference_display in page
    both = desk.get("/console/pickups/bookings/", {"jour": slot.day.isoformat()}).text
    assert both.count('data-testid="booking"') == 2
    assert "Aucun rendez-vous" in desk.get("/console/pickups/bookings/", {"state": "done"}).text


def test_a_booking_is_changed_confirmed_and_cancelled(
    desk: Client, make_slot: Callable[..., Slot], book: Book
) -> None:
    booking, other = book(make_slot()), make_slot(window="afternoon")
    path = f"/console/pickups/bookings/{booking.reference}/"
    shown = desk.get(f"{path}change/").text
    assert "1 Canapé\n2 Chaise" in shown
    refused = desk.post(f"{path}change/", {"items": "9 canapés", "slot": other.pk})
    assert refused.status_code == 422
    desk.post(f"{path}change/", {"items": "un frigo", "slot": other.pk})
    booking.refresh_from_db()
    assert (booking.slot, booking.litres) == (other, 600)
    desk.post(f"{path}confirm/")
    assert "Confirmé" in desk.get(path).text
    page = desk.post(f"{path}cancel/", follow=True).text
    assert "Le rendez-vous est annulé." in page
    assert "ne se modifie plus" in page
    again = desk.post(f"{path}confirm/", follow=True).text
    assert "Rien n’a été changé" in again


def test_those_to_call_are_listed_until_somebody_called(
    desk: Client, slot: Slot, book: Book
) -> None:
    booking = book(slot)
    assert "Personne à rappeler" in desk.get("/console/pickups/calls/").text
    Booking.objects.update(reminder=Reminder.TO_CALL)
    assert booking.contact not in desk.get("/console/pickups/calls/").text
    shown = desk.post(f"/console/pickups/bookings/{booking.reference}/contact/").text
    assert booking.contact in shown
    assert AuditEntry.objects.get().act == Act.NUMBER
    page = desk.post(f"/console/pickups/bookings/{booking.reference}/called/", follow=True).text
    assert "Personne à rappeler" in page
