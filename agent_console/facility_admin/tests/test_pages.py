"""The supervisors' pages: import with a preview, rules with their history, permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agent_console.facilities.models import (
    Facility,
    FacilityImport,
    ImportState,
    SortingChange,
    SortingOverride,
    SortingRule,
)
from agent_console.facilities.tests.conftest import csv_of, line

pytestmark = pytest.mark.django_db
BASE = "/console/facilities/"
RULE = f"{BASE}sorting/gravats/"


def upload(client: Client, content: bytes, **changed: str) -> Any:
    file = SimpleUploadedFile("points.csv", content, content_type="text/csv")
    given = {"file": file, "source": "metropole", "kind": "", "is_full": "on", **changed}
    return client.post(f"{BASE}imports/", given)


def test_a_file_is_previewed_then_confirmed(console: Client, supervisor: User) -> None:
    answer = upload(console, csv_of(line(1), line(2)))
    shown = FacilityImport.objects.get()
    page = f"{BASE}imports/{shown.pk}/"
    assert answer.headers["Location"] == page
    assert '<dd data-testid="new">2</dd>' in console.get(page).text
    assert not Facility.objects.exists()
    done = console.post(f"{page}confirm/", follow=True)
    assert "2 nouveaux" in done.text
    assert "nadia" in done.text
    assert Facility.objects.count() == 2
    again = console.post(f"{page}confirm/", follow=True)
    assert "déjà été confirmé" in again.text
    assert "Bilan" in console.get(page).text


def test_mistakes_are_listed_and_nothing_is_kept(console: Client) -> None:
    answer = upload(console, csv_of("p1;glass;;13055;43.3;5.4;lundi;"))
    assert answer.status_code == 422
    assert "Ligne 2, nom" in answer.text
    assert "Ligne 2, horaires" in answer.text
    assert not FacilityImport.objects.exists()
    assert upload(console, b"x" * 900_001).status_code == 422
    assert console.post(f"{BASE}imports/", {"source": "metropole"}).status_code == 422


def test_a_preview_is_given_up(console: Client) -> None:
    upload(console, csv_of(line(1)))
    shown = FacilityImport.objects.get()
    page = console.post(f"{BASE}imports/{shown.pk}/abandon/", follow=True)
    assert "Rien n’a été changé" in page.text
    shown.refresh_from_db()
    assert shown.state == ImportState.ABANDONED


def test_retiring_most_needs_a_tick(console: Client) -> None:
    for number, content in enumerate(
        (csv_of(*(line(number) for number in range(20))), csv_of(line(1)))
    ):
        upload(console, content)
        shown = FacilityImport.objects.filter(state=ImportState.PREVIEWED).get()
        answer = console.post(f"{BASE}imports/{shown.pk}/confirm/")
        assert answer.status_code == (302, 422)[number]
    assert "retirer 19 points" in answer.text
    console.post(f"{BASE}imports/{shown.pk}/confirm/", {"accept_retirements": "on"})
    assert Facility.objects.filter(retired_at=None).count() == 1


def rule_form(rule: SortingRule, **changed: Any) -> dict[str, Any]:
    return {
        "version": rule.version,
        "name": rule.name,
        "synonyms": "\n".join(rule.synonyms),
        "outlet": rule.outlet,
        "advice": rule.advice,
        "streams": rule.streams,
        "is_local": "on",
        **changed,
    }


def test_a_rule_is_changed_and_undone(console: Client) -> None:
    rule = SortingRule.objects.get(pk="gravats")
    saved = console.post(f"{RULE}save/", rule_form(rule, advice="Badge demandé."), follow=True)
    assert "Consigne enregistrée" in saved.text
    assert saved.text.count('data-testid="change"') == 1
    stale = console.post(f"{RULE}save/", rule_form(rule, advice="Trop tard."))
    assert stale.status_code == 422
    assert "modifié cette consigne entre-temps" in stale.text
    change = SortingChange.objects.get()
    console.post(f"{RULE}restore/{change.pk}/", {"version": 2})
    assert SortingRule.objects.get(pk="gravats").advice == rule.advice
    assert console.post(f"{RULE}save/", rule_form(rule, name="")).status_code == 422


def test_a_commune_gets_and_loses_its_own(console: Client) -> None:
    given = {
        "local-version": "1",
        "local-commune": "13001",
        "local-outlet": "special",
        "local-advice": "Sur rendez-vous.",
    }
    page = console.post(f"{RULE}commune/", given, follow=True)
    assert "Retirer la consigne propre à Aix-en-Provence" in page.text
    assert SortingOverride.objects.get().advice == "Sur rendez-vous."
    gone = console.post(f"{RULE}commune/remove/", {"version": 2, "commune": "13001"}, follow=True)
    assert "La consigne générale vaut de nouveau" in gone.text
    assert not SortingOverride.objects.exists()
    assert console.post(f"{RULE}commune/", {**given, "local-advice": ""}).status_code == 422
    assert console.get(f"{BASE}sorting/rien/").status_code == 404


def test_a_rule_is_added(console: Client) -> None:
    given = {"name": "Drone", "outlet": "shop", "advice": "Sans sa batterie."}
    answer = console.post(f"{BASE}sorting/add/", given)
    assert answer.headers["Location"] == f"{BASE}sorting/drone/"
    again = console.post(f"{BASE}sorting/add/", given)
    assert again.status_code == 422
    assert "existe déjà" in again.text


@pytest.mark.parametrize("path", ["", "sorting/", "sorting/gravats/"])
def test_pages_are_for_those_who_may(
    client: Client, console: Client, make_user: Callable[..., User], path: str
) -> None:
    assert console.get(f"{BASE}{path}").status_code == 200
    assert "Tri et collecte" in console.get(f"{BASE}{path}").text
    client.force_login(make_user("camille", "reports.view_report"))
    assert client.get(f"{BASE}{path}").status_code == 403
    assert upload(client, csv_of(line(1))).status_code == 403
    assert client.post(f"{RULE}save/").status_code == 403
    client.logout()
    assert client.get(f"{BASE}{path}").status_code == 302


def test_who_changes_rules_only_is_sent_there(
    client: Client, make_user: Callable[..., User], metropolis: None
) -> None:
    client.force_login(make_user("lea", "facilities.change_sorting"))
    assert client.get(BASE).headers["Location"] == f"{BASE}sorting/"
    assert upload(client, csv_of(line(1))).status_code == 403
