"""The crew's list: order, buttons, undo, the file."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from agent_console.pickups.models import Booking, Slot
from agent_console.pickups.tests.conftest import on_the_day

pytestmark = pytest.mark.django_db
Book = Callable[..., Booking]


def crew(path: str = "crew/") -> str:
    return f"/console/pickups/{path}?sector=aix&jour={timezone.localdate().isoformat()}"


def test_the_round_is_in_the_order_of_the_streets(
    desk: Client, make_slot: Callable[..., Slot], book: Book
) -> None:
    morning, afternoon = make_slot(), make_slot(window="afternoon")
    for slot, address in [
        (afternoon, "1 avenue Pasteur"),
        (morning, "12 cours Mirabeau"),
        (morning, "3 cours Mirabeau"),
        (morning, "100 avenue Pasteur"),
    ]:
        book(slot, address=address)
    gone = book(morning, address="5 cours Mirabeau")
    desk.post(f"/console/pickups/bookings/{gone.reference}/cancel/")
    for slot in (morning, afternoon):
        on_the_day(slot)
    page = desk.get(crew()).text
    order = [
        page.index(f"<h3>{address}")
        for address in (
            "100 avenue Pasteur",
            "3 cours Mirabeau",
            "12 cours Mirabeau",
            "1 avenue Pasteur",
        )
    ]
    assert order == sorted(order)
    assert "5 cours Mirabeau" not in page
    assert "4 à faire" in page


def test_done_absent_refused_and_back(desk: Client, slot: Slot, book: Book) -> None:
    bookings = [book(slot, address=f"{number} cours Mirabeau") for number in (1, 2, 3)]
    on_the_day(slot)
    paths = [f"/console/pickups/crew/{booking.reference}/" for booking in bookings]
    done = desk.post(f"{paths[0]}done/", follow=True)
    assert done.redirect_chain[-1][0].endswith(f"#r{bookings[0].reference}")
    assert "1 cours Mirabeau\u00a0: Fait." in done.text
    desk.post(f"{paths[1]}no-show/")
    nothing = desk.post(f"{paths[2]}refuse/", {"reason": " "}, follow=True)
    assert "Indiquez le motif" in nothing.text
    desk.post(f"{paths[2]}refuse/", {"reason": "Gravats"})
    assert [Booking.objects.get(pk=row.pk).state for row in bookings] == [
        "done",
        "no_show",
        "refused_on_site",
    ]
    page = desk.get(crew()).text
    assert "0 à faire" in page
    desk.post(f"{paths[1]}undo/")
    assert "1 à faire" in desk.get(crew()).text


def test_nothing_is_recorded_before_the_day(desk: Client, slot: Slot, book: Book) -> None:
    booking = book(slot)
    page = desk.post(f"/console/pickups/crew/{booking.reference}/done/", follow=True).text
    assert "n’est pas encore venu" in page
    booking.refresh_from_db()
    assert booking.state == "booked"


def test_the_file_opens_in_a_french_spreadsheet(desk: Client, slot: Slot, book: Book) -> None:
    booking = book(slot, address="12 cours Mirabeau", place='=HYPERLINK("x")')
    on_the_day(slot)
    response = desk.get(crew("crew.csv"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    today = timezone.localdate()
    assert f"encombrants-aix-{today.isoformat()}.csv" in response.headers["Content-Disposition"]
    text = response.content.decode("utf-8")
    assert text.startswith("\ufeffOrdre;Date;Moment;Adresse;")
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert row["Date"] == today.strftime("%d/%m/%Y")
    assert row["Objets"] == "1 Canapé, 2 Chaise"
    assert row["Référence"] == booking.reference_display
    assert row["Emplacement"] == '\'=HYPERLINK("x")', "never run as a formula"
    assert row["Volume"] == "1,44\u00a0m³"


def test_a_sector_is_chosen_first_and_an_empty_day_says_so(desk: Client) -> None:
    assert 'value="aix"' in desk.get("/console/pickups/crew/").text
    assert "gardanne" not in desk.get("/console/pickups/crew/").text
    assert "Aucun rendez-vous ce jour-là" in desk.get(crew()).text
    assert desk.get("/console/pickups/crew/?sector=nowhere").status_code == 404
    assert desk.get("/console/pickups/crew/?sector=aix&jour=x").status_code == 200
