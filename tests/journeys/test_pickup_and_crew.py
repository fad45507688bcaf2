"""The city's side in a browser: a pickup to its crew, a duplicate joined, a "non" that reopens."""

from __future__ import annotations

import io
import random
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from service_kit.browser import violations
from tests.support.system import System

REFERENCE = re.compile(r"\d{3}-\d{3}-\d{3}")


@pytest.fixture
def desk(system: System, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages of their own, signed in or not; closed at the end."""
    contexts = []

    def open_page(username: str = "", **options: Any) -> Page:
        context = browser.new_context(
            base_url=system.console_url, locale="fr-FR", timezone_id="Europe/Paris", **options
        )
        contexts.append(context)
        page = context.new_page()
        if username:
            page.goto("/console/login/")
            page.get_by_label("Identifiant").fill(username)
            role = {"operateur": "OPERATOR", "superviseur": "SUPERVISOR"}[username]
            password = system.environment[f"DEMO_{role}_PASSWORD"]
            page.get_by_label("Mot de passe").fill(password)
            page.get_by_role("button", name="Se connecter").click()
            page.wait_for_url("**/console/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_pickup_is_booked_and_its_crew_says_done(
    system: System, desk: Callable[..., Page]
) -> None:
    page = desk("operateur")
    page.goto("/console/pickups/book/")
    page.get_by_label("Où sont les objets").fill("Aix-en-Provence")
    page.get_by_test_id("continue").click()
    street = f"{random.randint(1, 999)} rue des Amandiers"  # noqa: S311 - a household of its own
    page.get_by_label("Adresse").fill(street)
    page.get_by_label("Objets", exact=True).fill("1 canapé, 2 chaises")
    expect(page.get_by_test_id("reading")).to_contain_text("2 × Chaise")
    page.get_by_role("radio").first.check()
    page.get_by_label("Pour rappeler").fill(f"Journey {uuid.uuid4().hex[:8]}")
    page.get_by_test_id("book").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(REFERENCE)
    found = REFERENCE.search(page.get_by_role("heading", level=1).inner_text())
    assert found is not None
    reference = found[0].replace("-", "")

    _the_day_has_come(system, reference)
    phone = desk("operateur", viewport={"width": 320, "height": 640})
    phone.goto("/console/pickups/crew/?sector=aix")
    stop = phone.get_by_test_id("stop").filter(has_text=found[0])
    expect(stop).to_contain_text(street)
    assert violations(phone) == []
    stop.get_by_role("button", name=f"Fait, {street}").click()
    done = phone.get_by_test_id("stop").filter(has_text=found[0])
    expect(done).to_have_attribute("data-state", "done")


def test_a_caller_joins_a_report_that_is_there(desk: Callable[..., Page]) -> None:
    page = desk("operateur")
    street = f"{random.randint(100, 9999)} avenue des Tilleuls"  # noqa: S311
    first = _written_down(page, street)
    page.goto("/console/reports/new/")
    _fill(page, street)
    panel = page.get_by_role("region", name="Déjà signalé ?")
    same = panel.get_by_role("button", name=re.compile(f"Rattacher l’appelant.*{first}"))
    expect(same).to_be_visible()
    same.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("rattaché")
    expect(page.get_by_test_id("reference")).to_have_text(first)
    expect(page.get_by_text("2 personnes, avec cet appelant")).to_be_visible()


def test_a_no_on_the_receipt_reopens_what_a_crew_closed(desk: Callable[..., Page]) -> None:
    page = desk("operateur")
    reference = _written_down(page, f"{random.randint(100, 9999)} rue des Genêts")  # noqa: S311
    digits = reference.replace("-", "")
    chief = desk("superviseur")
    _in_the_crew(chief)
    page.goto(f"/console/reports/{digits}/")
    page.get_by_test_id("validate-report").click()
    page.get_by_text("Confier à un service").first.click()
    page.get_by_test_id("assign-report").click()
    expect(page.get_by_test_id("report-state")).to_have_attribute("data-state", "assigned")
    receipt = page.get_by_role("link", name="Page à donner à l’auteur").get_attribute("href")

    crew = desk("superviseur", viewport={"width": 360, "height": 700}, has_touch=True)
    crew.goto(f"/console/crew/{digits}/")
    crew.get_by_role("button", name="Commencer").click()
    expect(crew.get_by_text("L’intervention a commencé.")).to_be_visible()
    crew.goto(f"/console/crew/{digits}/")
    crew.locator("body[data-ready]").wait_for()
    crew.get_by_label("Photo après").set_input_files(
        {"name": "apres.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    expect(crew.get_by_text("La photo d’après est jointe.")).to_be_visible()
    crew.goto(f"/console/crew/{digits}/")
    crew.get_by_role("button", name="Résolu").click()
    crew.get_by_label("C’est réparé").check()
    crew.get_by_role("button", name="Déclarer résolu").click()
    expect(crew.get_by_text("le citoyen est interrogé")).to_be_visible()

    citizen = desk()
    citizen.goto(receipt or "")
    expect(citizen.get_by_test_id("receipt")).to_have_attribute("data-state", "resolved")
    citizen.get_by_label("Sinon").fill("Le trou est toujours là")
    citizen.get_by_role("button", name="Non, pas encore").click()
    expect(citizen.get_by_test_id("receipt")).to_have_attribute("data-state", "qualified")

    page.goto(f"/console/reports/{digits}/")
    expect(page.get_by_test_id("report-state")).to_have_attribute("data-state", "qualified")
    expect(page.get_by_test_id("report-history")).to_contain_text("Le trou est toujours là")
    expect(
        page.get_by_role("button", name=re.compile("Agrandir : après intervention"))
    ).to_be_visible()
    crew.goto(f"/console/crew/{digits}/")
    expect(crew.get_by_role("button", name="Reprendre")).to_be_visible()


def _written_down(page: Page, street: str) -> str:
    """A report that an operator writes down; its reference as it is said."""
    page.goto("/console/reports/new/")
    _fill(page, street)
    expect(page.get_by_role("group", name="Questions à poser")).to_be_visible()
    expect(page.get_by_text("Aucun signalement proche pour l’instant")).to_be_visible()
    page.get_by_test_id("save-report").click()
    return page.get_by_test_id("reference").inner_text()


def _fill(page: Page, street: str) -> None:
    page.get_by_label("Catégorie").select_option("pothole")
    page.locator("#id_address").fill(street)
    page.get_by_label("Commune ou code postal").fill("Aubagne")
    page.get_by_label("Ce que dit la personne").fill("Un trou profond")


def _in_the_crew(chief: Page) -> None:
    """The supervisor works for Voirie, whoever composed the crews before."""
    chief.goto("/console/crew/equipes/")
    voirie = chief.get_by_role("region", name="Voirie")
    if voirie.get_by_test_id("member").filter(has_text="Nadia").count():
        return
    chief.get_by_label("Service").first.select_option(label="Voirie")
    chief.get_by_label("Agent").select_option(label="Nadia (superviseur)")
    chief.get_by_role("button", name="Ajouter").click()
    expect(voirie.get_by_test_id("member").filter(has_text="Nadia")).to_be_visible()


def _the_day_has_come(system: System, reference: str) -> None:
    """What only the passing of days allows: the booking stands in a slot of today."""
    with psycopg.connect(system.environment["DATABASE_OWNER_URL"]) as connection:
        connection.execute(
            'INSERT INTO pickups_slot (sector_id, day, "window", capacity, unit, used, is_open)'
            " VALUES ('aix', (now() AT TIME ZONE 'Europe/Paris')::date, 'morning', 500, 'bookings',"
            ' 0, true) ON CONFLICT (sector_id, day, "window") DO UPDATE SET capacity = 500'
        )
        connection.execute(
            "UPDATE pickups_booking SET slot_id = (SELECT id FROM pickups_slot WHERE sector_id ="
            " 'aix' AND day = (now() AT TIME ZONE 'Europe/Paris')::date AND \"window\" = 'morning')"
            " WHERE reference = %s",
            [reference],
        )


def _photo() -> bytes:
    written = io.BytesIO()
    noise = Image.effect_noise((640, 480), 80).convert("RGB")
    noise.save(written, "JPEG")
    return written.getvalue()
