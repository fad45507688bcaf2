"""The label: for whoever knows its address, in French and English."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from agent_console.pickups.models import Booking, Slot
from agent_console.pickups.tests.conftest import on_the_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(slot: Slot, book: Callable[..., Booking]) -> Booking:
    return book(slot)


def address(booking: Booking, more: str = "") -> str:
    return f"/encombrants/{booking.label_key}/{more}"


def test_the_label_says_when_what_and_the_reference(client: Client, booking: Booking) -> None:
    response = client.get(address(booking))
    page = response.text.replace("&nbsp;", "\u00a0")
    assert booking.reference_display in page
    assert "<svg" in page
    assert "2 × Chaise" in page
    assert "Pas d’imprimante\u00a0? Écrivez la référence sur l’objet." in page
    assert booking.contact not in page
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response.headers["Cache-Control"]


def test_it_speaks_english_when_asked_or_by_the_browser(client: Client, booking: Booking) -> None:
    english = "Write the reference on the object."
    assert english in client.get(address(booking), {"lang": "en"}).text
    assert english in client.get(address(booking), headers={"Accept-Language": "en-GB"}).text
    asked = client.get(address(booking), {"lang": "fr"}, headers={"Accept-Language": "en"}).text
    assert english not in asked


def test_an_address_that_nobody_was_given_leads_nowhere(client: Client, booking: Booking) -> None:
    for key in (uuid.uuid4(), booking.id):
        assert client.get(f"/encombrants/{key}/").status_code == 404
        assert client.post(f"/encombrants/{key}/annuler/").status_code == 404
    assert client.get(address(booking, "annuler/")).status_code == 405


def test_confirm_and_cancel_from_the_label(client: Client, booking: Booking, slot: Slot) -> None:
    assert "Vous avez confirmé" in client.post(address(booking, "confirmer/"), follow=True).text
    for _ in range(2):
        page = client.post(address(booking, "annuler/"), follow=True).text
        assert "Ce rendez-vous est annulé" in page
    slot.refresh_from_db()
    assert slot.used == 0
    late = client.post(address(booking, "confirmer/"))
    assert late.status_code == 409
    assert "Rien n’a été changé" in late.text
    assert booking.steps.filter(actor=None).count() == 3


def test_change_from_the_label(
    client: Client, booking: Booking, make_slot: Callable[..., Slot]
) -> None:
    other = make_slot(window="afternoon")
    shown = client.get(address(booking, "changer/")).text
    assert f'value="{other.pk}"' in shown
    assert "(inchangé)" in shown
    refused = client.post(address(booking, "changer/"), {"items": "4 pneus", "slot": other.pk})
    assert refused.status_code == 422
    assert "garage" in refused.text
    answer = client.post(address(booking, "changer/"), {"items": "un fauteuil", "slot": other.pk})
    assert answer.status_code == 302
    booking.refresh_from_db()
    assert (booking.slot, booking.objects_count) == (other, 1)


def test_on_the_day_it_is_too_late_to_change(client: Client, booking: Booking, slot: Slot) -> None:
    on_the_day(slot)
    answer = client.post(address(booking, "changer/"), {"items": "un fauteuil", "slot": slot.pk})
    assert answer.status_code == 422
    assert "trop tard" in answer.text


def test_english_pages_refuse_in_english(client: Client, booking: Booking, slot: Slot) -> None:
    page = address(booking, "changer/?lang=en")
    for said, words in (
        ({"items": "", "slot": ""}, ["Say at least one object.", "Choose a day."]),
        ({"items": "4 pneus", "slot": slot.pk}, ["take it off the list"]),
        ({"items": "un zglorb", "slot": slot.pk}, ["not recognised"]),
        ({"items": "40 canapés", "slot": slot.pk}, ["too many objects"]),
        ({"items": "x" * 501, "slot": slot.pk}, ["write a shorter list"]),
        ({"items": "un fauteuil", "slot": 999999}, ["not offered here"]),
    ):
        refused = client.post(page, said)
        assert refused.status_code == 422
        for expected in words:
            assert expected in refused.text
        for french in ("Indiquez", "Choisissez", "trop pour un passage", "n’est pas reconnu"):
            assert french not in refused.text
    on_the_day(slot)
    late = client.post(page, {"items": "un fauteuil", "slot": slot.pk})
    assert "It is too late for this" in late.text
