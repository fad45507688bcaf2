"""The pages about rewards: who may open them, what they say and take in, in a browser too."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import expect

from agent_console.analytics.impact.computing import effects_update
from agent_console.analytics.impact.daily import REPORTS, reports_count
from agent_console.analytics.impact.models import SiteCommune, Study, WeekTonnage, YearSpending
from agent_console.analytics.impact.services import study_add, tonnages_note
from agent_console.analytics.models import DailyTotal
from agent_console.analytics.permissions import CHANGE_IMPACT, VIEW
from agent_console.analytics.points import GIVEN
from agent_console.collectors.models import Card, Deposit
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .test_impact import COMPARED, MONDAY, NOW, REWARDED, sorted_glass, terms

pytestmark = pytest.mark.django_db
BASE = "/console/analyses/effets/"
READS = (BASE, f"{BASE}signalements/?valeur=phone", f"{BASE}communes/13001/",
         f"{BASE}export/reports.csv", f"{BASE}export/points_given.csv",
         f"{BASE}export/effects.csv", f"{BASE}export/cost.csv",
         "/console/analyses/points/?mesure=points_given&valeur=glass.deposit",
         "/console/analyses/points/?mesure=deposits&valeur=13001")  # fmt: skip
WRITES = (f"{BASE}etudes/nouvelle/", f"{BASE}donnees/")


@pytest.fixture
def nadia(make_user: Callable[..., User]) -> User:
    return make_user("nadia", VIEW, CHANGE_IMPACT, "reports.view_report")


@pytest.fixture
def console(nadia: User, client: Client) -> Client:
    client.force_login(nadia)
    return client


@pytest.fixture
def study(nadia: User, report: Report) -> Study:
    """Rewards that began, with what was collected, and days of points."""
    made = study_add(actor=nadia, terms=terms())
    tonnages_note(actor=nadia, kilograms=sorted_glass(math.log(1.2)))
    Report.objects.update(created_at=NOW - timedelta(days=3))
    reports_count()
    DailyTotal.objects.bulk_create(
        DailyTotal(
            day=MONDAY + timedelta(days=days), measure=GIVEN.code, key=key, count=2, total=20
        )
        for days in range(-30, 30)
        for key in ("glass.deposit", "report.pothole")
    )
    DailyTotal.objects.bulk_create(
        DailyTotal(
            day=MONDAY + timedelta(days=days), measure=REPORTS.code, key=key, count=count, total=0
        )
        for days in range(-84, 84)
        for key, count in (("phone", 40 - days // 12), ("digital", 12 + days // 12), ("other", 3))
    )
    effects_update(now=NOW)
    return made


def _posted(**changes: object) -> dict[str, object]:
    known: dict[str, object] = {
        "began_on": "2025-03-03", "ended_on": "", "weeks": "12", "rewarded": list(REWARDED),
        "compared": list(COMPARED),
    }  # fmt: skip
    return {**known, **changes}


@pytest.mark.parametrize("path", [*READS, *WRITES])
def test_only_permitted_colleagues_open_it(
    path: str, metropolis: None, client: Client, make_user: Callable[..., User]
) -> None:
    assert client.get(path).status_code == 302
    client.force_login(make_user("camille", "conversations.view_conversation"))
    assert client.get(path).status_code == 403
    client.force_login(make_user("sami", VIEW))
    assert client.get(path).status_code == (403 if path in WRITES else 200)


def test_who_only_reads_changes_nothing(
    study: Study, client: Client, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user("sami", VIEW))
    page = f"{BASE}etudes/{study.pk}/"
    assert client.get(page).status_code == 200
    assert "Changer l’étude" not in client.get(page).text
    for path in (
        f"{page}changer/", f"{page}retirer/", f"{BASE}donnees/tonnages/", f"{BASE}donnees/bornes/",
        f"{BASE}donnees/depenses/",
    ):  # fmt: skip
        assert client.post(path).status_code == 403
    assert Study.objects.count() == 1


def test_the_page_says_what_was_found_and_what_it_does_not_prove(
    console: Client, study: Study
) -> None:
    text = console.get(f"{BASE}?du=2025-03-03&au=2025-05-25").text
    assert "plus élevé dans les 6 communes récompensées" in text
    assert "L’intervalle ne contient pas 0" in text
    assert "ne prouve pas que les récompenses en sont la cause" in text
    assert "(no_volume)" in text  # no deposits: said with its code
    assert "retour à la valeur initiale quand les récompenses se sont arrêtées" in text
    assert "Dépôt de verre" in text
    assert "0,38" in text


def test_a_study_shows_its_weeks_communes_and_history(console: Client, study: Study) -> None:
    page = console.get(f"{BASE}etudes/{study.pk}/")
    assert page.text.count("data-mark") == 12
    assert "Aix-en-Provence" in page.text
    assert "nadia" in page.text
    csv = console.get(f"{BASE}etudes/{study.pk}/semaines.csv").content.decode()
    newest = WeekTonnage.objects.get(commune="13001", week=MONDAY)
    assert f"13001;Aix-en-Provence;récompensée;;03/03/2025;après;{newest.kilograms}" in csv
    assert len(csv.split("\r\n")) == 2 + 24 * 12
    assert console.get(f"{BASE}etudes/{study.pk}/?phase=after").status_code == 404
    assert console.get(f"{BASE}etudes/{study.pk}/?volume=nothing").status_code == 404
    assert "(no_volume)" in console.get(f"{BASE}etudes/{study.pk}/?volume=deposits").text


def test_the_files_are_those_of_the_page(console: Client, study: Study) -> None:
    effects = console.get(f"{BASE}export/effects.csv").content.decode()
    assert f"{study.pk};03/03/2025;;Tonnage collecté;Pendant les récompenses;" in effects
    period = "?du=2025-07-21&au=2025-08-03"
    reports = console.get(f"{BASE}export/reports.csv{period}").content.decode()
    assert "Signalements;21/07/2025;03/08/2025;Numérique;1;100,00;0" in reports
    assert "budget;2019;;1898950;0,38" in console.get(f"{BASE}export/cost.csv").content.decode()
    assert console.get(f"{BASE}export/nothing.csv").status_code == 404


def test_a_supervisor_enters_changes_and_withdraws_a_study(
    console: Client, metropolis: None
) -> None:
    made = console.post(f"{BASE}etudes/nouvelle/", _posted())
    first = Study.objects.get()
    assert made.headers["Location"] == f"{BASE}etudes/{first.pk}/"
    assert "en cours de calcul" in console.get(made.headers["Location"]).text
    console.post(f"{BASE}etudes/{first.pk}/changer/", _posted(weeks="20"))
    second = Study.objects.get(replaces=first)
    assert second.weeks == 20
    assert "n’est plus l’étude en cours" in console.get(f"{BASE}etudes/{first.pk}/").text
    late = console.post(f"{BASE}etudes/{first.pk}/changer/", _posted(weeks="30"))
    assert (late.status_code, "study_changed" in late.text) == (409, True)
    console.post(f"{BASE}etudes/{second.pk}/retirer/")
    assert "Aucune étude" in console.get(BASE).text
    assert Study.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"compared": [*COMPARED, REWARDED[0]]}, "Dans les deux groupes"),
        ({"ended_on": "2025-03-02"}, "avant le premier"),
        ({"weeks": "3"}, "supérieure ou égale à 8"),
        ({"rewarded": ["13201"]}, "13201"),  # an arrondissement counts for its commune
        ({"began_on": ""}, "obligatoire"),
    ],
)
def test_a_study_that_makes_no_sense_is_refused(
    console: Client, metropolis: None, changes: dict[str, object], said: str
) -> None:
    refused = console.post(f"{BASE}etudes/nouvelle/", _posted(**changes))
    assert refused.status_code == 422
    assert said in refused.text
    assert not Study.objects.exists()


def test_tonnages_sites_and_spending_are_entered(console: Client, metropolis: None) -> None:
    good = SimpleUploadedFile("t.csv", b"insee;semaine;tonnes\n13001;03/03/2025;12,5\n")
    assert console.post(f"{BASE}donnees/tonnages/", {"file": good}).status_code == 302
    assert WeekTonnage.objects.get().kilograms == 12_500
    bad = SimpleUploadedFile("t.csv", b"insee;semaine;tonnes\n13001;04/03/2025;12,5\n")
    refused = console.post(f"{BASE}donnees/tonnages/", {"file": bad})
    assert refused.status_code == 422
    assert "pas la date d’un lundi (not_a_monday)" in refused.text
    assert console.post(f"{BASE}donnees/tonnages/").status_code == 422

    card = Card.objects.create(collector="demo", number_digest=b"1" * 32, last4="3456")
    Deposit.objects.create(
        collector="demo", external_id="1", card=card, items=2, happened_at=NOW, site="Borne A"
    )
    page = console.get(f"{BASE}donnees/")
    (name,) = page.context["sites"].fields
    console.post(f"{BASE}donnees/bornes/", {name: "13001"})
    assert SiteCommune.objects.get().commune_id == "13001"
    assert "Aucune borne à situer" in console.get(f"{BASE}donnees/").text

    assert (
        console.post(f"{BASE}donnees/depenses/", {"year": "2025", "euros": "700000,50"}).status_code
        == 302
    )
    assert YearSpending.objects.get().cents == 70_000_050
    assert (
        console.post(f"{BASE}donnees/depenses/", {"year": "1900", "euros": "1"}).status_code == 422
    )
    assert "nadia" in console.get(f"{BASE}donnees/").text


def test_pages_load_no_statistics(
    console: Client, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take seconds and 140 MB; a page shows what the job stored."""
    monkeypatch.setitem(sys.modules, "statsmodels.stats.weightstats", None)
    for path in (BASE, f"{BASE}etudes/{study.pk}/"):
        assert console.get(path).status_code == 200
    with pytest.raises(ImportError):
        effects_update(now=NOW)


def test_pages_in_a_browser(console: Client, study: Study) -> None:
    """Accessibility, narrow windows, keyboard, the page's own policy; makes the picture."""
    query = "?du=2025-03-03&au=2025-05-25"
    asked = {
        BASE: query,
        f"{BASE}etudes/{study.pk}/": "",
        f"{BASE}etudes/{study.pk}/changer/": "",
        f"{BASE}donnees/": "",
        f"{BASE}communes/13001/": "",
        f"{BASE}signalements/": "?valeur=digital&du=2025-07-01&au=2025-08-04",
    }
    pages = {}
    for path, more in asked.items():
        response = console.get(f"{path}{more}")
        assert response.status_code == 200, path
        pages[path] = RenderedPage(response.text, response.headers["Content-Security-Policy"])
    images = Path("build/images")
    images.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    complaints: list[str] = []
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
                viewport={"width": 1280, "height": 1600},
            )
            serve(context, pages)
            opened = context.new_page()
            opened.on("console", lambda line: complaints.append(line.text))
            opened.on("pageerror", lambda error: complaints.append(str(error)))
            for path in pages:
                opened.goto(f"{ORIGIN}{path}")
                if path in (BASE, f"{BASE}etudes/{study.pk}/"):
                    expect(opened.locator(".chart canvas").first).to_be_visible()
                found[f"{scheme} {path}"] = violations(opened, contrast_only=scheme == "dark")
                if scheme == "light" and path == BASE:
                    opened.screenshot(path=images / "analytics-impact.png")
                if scheme == "light" and path == f"{BASE}etudes/{study.pk}/":
                    opened.screenshot(path=images / "analytics-study.png")
            context.close()
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        opened = context.new_page()
        for path in pages:
            opened.goto(f"{ORIGIN}{path}")
            widths[path] = opened.evaluate("document.documentElement.scrollWidth")
        opened.goto(f"{ORIGIN}{BASE}")
        opened.locator("#titre-effects ~ .sheet-frame a").first.focus()
        with opened.expect_request(f"{ORIGIN}{BASE}etudes/**") as followed:
            opened.keyboard.press("Enter")
        assert "volume=tonnage" in followed.value.url
    assert found == {path: [] for path in found}
    assert widths == dict.fromkeys(pages, 320)
    assert complaints == []
