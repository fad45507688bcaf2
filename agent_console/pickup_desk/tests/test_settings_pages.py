"""Supervisors' pages: planning, slots, recurring rules, rules, objects, sectors; and who may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.pickups.models import (
    Booking,
    CommuneRule,
    Item,
    Pattern,
    Sector,
    SettingChange,
    Slot,
)

pytestmark = pytest.mark.django_db
DESK = "/console/pickups/"


def test_the_planning_shows_how_full_slots_are(
    desk: Client, slot: Slot, book: Callable[..., Booking]
) -> None:
    book(slot)
    page = desk.get(DESK, {"sector": "aix"}).text
    assert "1 / 5 rendez-vous" in page
    assert "4 libres" in page
    assert "Ouvrir un créneau" not in page
    assert "Aucun créneau" in desk.get(DESK, {"sector": "salon"}).text
    inside = desk.get(f"{DESK}slots/{slot.pk}/").text
    assert "12 cours Mirabeau" in inside
    assert 'data-testid="save"' not in inside


def test_a_slot_is_opened_and_changed_with_a_trace(
    chief: Client, book: Callable[..., Booking]
) -> None:
    day = timezone.localdate() + timedelta(days=4)
    body = {
        "sector": "aix",
        "day": day.isoformat(),
        "window": "morning",
        "capacity": 3,
        "unit": "bookings",
    }
    chief.post(f"{DESK}slots/new/", body)
    again = chief.post(f"{DESK}slots/new/", body)
    assert again.status_code == 422
    assert "a déjà un créneau" in again.text
    slot = Slot.objects.get()
    book(slot)
    book(slot)
    low = chief.post(f"{DESK}slots/{slot.pk}/", {"capacity": 1, "is_open": "on"})
    assert low.status_code == 422
    assert "2 places sont déjà prises" in low.text
    chief.post(f"{DESK}slots/{slot.pk}/", {"capacity": 2})
    slot.refresh_from_db()
    assert (slot.capacity, slot.is_open) == (2, False)
    assert "capacité\u00a0: 3 → 2" in chief.get(f"{DESK}slots/{slot.pk}/").text.replace(
        "&nbsp;", "\u00a0"
    )


def test_a_recurring_rule_is_previewed_saved_and_stopped(chief: Client) -> None:
    Pattern.objects.all().delete()
    body = {
        "sector": "aix",
        "weekdays": ["5"],
        "interval_weeks": 1,
        "starts_on": timezone.localdate().isoformat(),
        "ends_on": "",
        "window": "morning",
        "capacity": 3,
        "unit": "objects",
    }
    preview = chief.post(f"{DESK}patterns/", {**body, "preview": "1"}).text
    assert "samedi" in preview
    assert "à ouvrir dans les 90 jours" in preview
    assert not Pattern.objects.exists()
    assert not Slot.objects.exists()
    saved = chief.post(f"{DESK}patterns/", body, follow=True).text
    assert "créneaux ouverts" in saved
    assert Slot.objects.count() >= 10
    pattern = Pattern.objects.get()
    stopped = chief.post(f"{DESK}patterns/{pattern.pk}/switch/", {"active": "0"}, follow=True).text
    assert "n’ouvre plus" in stopped
    refused = chief.post(f"{DESK}patterns/", {**body, "weekdays": []})
    assert refused.status_code == 422
    assert "au moins un jour" in refused.text


def test_everything_shipped_is_marked_as_a_default(desk: Client) -> None:
    page = desk.get(f"{DESK}settings/").text
    assert page.count("valeur par défaut, à confirmer") == 1 + (
        CommuneRule.objects.count() + Sector.objects.count() + Item.objects.count()
    )
    assert "Bouteille de gaz" in page
    assert "reprise est gratuite" in page


def test_a_commune_gets_its_own_rule_in_cubic_metres(chief: Client) -> None:
    chosen = chief.get(f"{DESK}settings/rules/", {"commune": "13001"})
    assert chosen.headers["Location"] == f"{DESK}settings/rules/13001/"
    path = f"{DESK}settings/rules/13001/"
    assert "suit la règle générale" in chief.get(path).text
    body = {
        "max_objects": 4,
        "max_litres": "2,5",
        "lead_days": 3,
        "ahead_days": 20,
        "max_bookings": 1,
        "period_days": 180,
    }
    wrong = chief.post(path, {**body, "max_litres": "beaucoup", "lead_days": 30})
    assert wrong.status_code == 422
    assert "par exemple 2,5" in wrong.text
    assert chief.post(path, {**body, "lead_days": 30}).status_code == 422
    chief.post(path, body)
    rule = CommuneRule.objects.get(commune="13001")
    assert (rule.max_litres, rule.is_confirmed) == (2500, True)
    history = chief.get(path).text
    assert "superviseure" in history
    assert 'value="2,5"' in history
    chief.post(f"{path}remove/")
    assert not CommuneRule.objects.filter(commune="13001").exists()


def test_an_object_is_added_and_changed(chief: Client) -> None:
    body = {
        "label_fr": "Aquarium",
        "label_en": "",
        "synonyms": "terrarium\nbocal à poissons\n",
        "is_accepted": "oui",
        "litres": 150,
        "instead_fr": "",
        "instead_en": "",
        "is_offered": "on",
    }
    refused = chief.post(f"{DESK}settings/items/new/", {**body, "litres": ""})
    assert refused.status_code == 422
    assert "Indiquez le volume" in refused.text
    chief.post(f"{DESK}settings/items/new/", body)
    item = Item.objects.get(pk="aquarium")
    assert item.synonyms == ["terrarium", "bocal à poissons"]
    chief.post(f"{DESK}settings/items/aquarium/", {**body, "litres": 200})
    assert "litres\u00a0: 150 → 200" in chief.get(f"{DESK}settings/items/aquarium/").text.replace(
        "&nbsp;", "\u00a0"
    )
    chief.post(f"{DESK}settings/items/new/", body)
    assert Item.objects.filter(pk="aquarium-2").exists()


def test_a_sector_moves_a_commune_and_names_its_operator(chief: Client) -> None:
    body = {
        "name": "Trets",
        "operator_name": "la Ville de Trets",
        "operator_phone": "",
        "communes": ["13110"],
    }
    refused = chief.post(f"{DESK}settings/sectors/new/", body)
    assert refused.status_code == 422
    chief.post(f"{DESK}settings/sectors/new/", {**body, "operator_phone": "04 00 00 00 00"})
    assert "04 00 00 00 00" in chief.get(f"{DESK}book/?insee=13110").text
    assert SettingChange.objects.filter(kind="sector", key="haut-arc").exists()


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("", "pickups.view_booking"),
        ("settings/", "pickups.view_booking"),
        ("bookings/", "pickups.view_booking"),
        ("calls/", "pickups.view_booking"),
        ("book/", "pickups.change_booking"),
        ("crew/", "pickups.run_crew"),
        ("slots/new/", "pickups.manage_pickups"),
        ("patterns/", "pickups.manage_pickups"),
        ("settings/rules/default/", "pickups.manage_pickups"),
        ("settings/items/new/", "pickups.manage_pickups"),
        ("settings/sectors/new/", "pickups.manage_pickups"),
    ],
)
def test_each_page_needs_its_permission(
    pickups: None, client: Client, make_user: Callable[..., User], path: str, needed: str
) -> None:
    assert client.get(DESK + path).status_code == 302
    others = {
        "pickups.view_booking",
        "pickups.change_booking",
        "pickups.run_crew",
        "pickups.manage_pickups",
    } - {needed}
    client.force_login(make_user("autre", *others))
    assert client.get(DESK + path).status_code == 403
    client.force_login(make_user("bonne", needed))
    assert client.get(DESK + path).status_code == 200


def test_without_the_right_nothing_is_written(
    desk: Client, slot: Slot, book: Callable[..., Booking]
) -> None:
    booking = book(slot)
    before = SettingChange.objects.count()
    assert desk.post(f"{DESK}settings/rules/default/", {}).status_code == 403
    desk.post(f"{DESK}slots/{slot.pk}/", {"capacity": 1, "is_open": ""})
    slot.refresh_from_db()
    assert (slot.capacity, slot.is_open) == (5, True)
    assert SettingChange.objects.count() == before
    assert booking.steps.count() == 1
