"""Writing down a report for a caller: nothing lost, nothing twice, what is near is shown first."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.intake import access
from agent_console.reports.models import Report, Support

URL = "/console/reports/new/"
PARADIS = {
    "channel": "phone",
    "category_code": "pothole",
    "address": "14 rue Paradis",
    "commune": "Marseille",
    "description": "Un trou profond",
    "on_behalf": "self",
}

pytestmark = pytest.mark.usefixtures("metropolis")


@pytest.fixture
def desk(make_user: Callable[..., User], client: Client) -> Client:
    """A browser of somebody who answers calls."""
    client.force_login(
        make_user("standard", access.VIEW_REPORTS, access.ADD_REPORTS, access.REJECT_REPORTS)
    )
    return client


def said(**changed: str) -> dict[str, str]:
    return PARADIS | {"key": str(uuid.uuid4()), "seen": "", "asked": "pothole"} | changed


def test_a_report_is_stored_and_its_reference_read_aloud(desk: Client) -> None:
    response = desk.post(URL, said(on_behalf="carer", answer_side="even"), follow=True)
    made = Report.objects.get()
    assert (made.channel, made.on_behalf, made.answers) == ("phone", "carer", {"side": "even"})
    assert made.created_by is not None
    assert made.created_by.username == "standard"
    assert response.redirect_chain == [(f"/console/reports/{made.reference}/receipt/", 302)]
    for expected in (made.reference_display, "Voirie", "14 rue Paradis, Marseille"):
        assert expected in response.text


def test_sent_twice_is_one_report(desk: Client) -> None:
    sent = said()
    assert desk.post(URL, sent).url == desk.post(URL, sent).url  # type: ignore[attr-defined]
    assert Report.objects.count() == 1


def test_the_same_form_with_other_words_says_what_it_became(desk: Client) -> None:
    sent = said()
    desk.post(URL, sent)
    made = Report.objects.get()
    changed = sent | {"address": "3 rue Breteuil", "seen": made.reference}
    response = desk.post(URL, changed)
    assert response.status_code == 422
    assert made.reference_display in response.text
    assert "3 rue Breteuil" in response.text
    assert sent["key"] not in response.text
    assert Report.objects.count() == 1


def test_without_script_near_reports_and_questions_come_before_anything_is_stored(
    desk: Client, report: Report
) -> None:
    page = desk.post(URL, said(asked="", description="Un trou profond & large"))
    assert page.status_code == 200
    assert Report.objects.count() == 1
    for expected in (
        "Rien n’est encore enregistré",
        f'name="seen" value="{report.reference}"',
        "déjà signalé par 1\u00a0personne",
        "De quel côté de la rue est-ce",
        "Un trou profond &amp; large",
    ):
        assert expected in page.text
    response = desk.post(URL, said(seen=report.reference))
    assert response.status_code == 302
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"category_code": ""}, "Choisissez une catégorie."),
        ({"commune": "Paris"}, "pas dans la Métropole"),
        ({"address": ""}, "Il manque le lieu"),
        ({"position": "sur la place"}, "une latitude et une longitude, ou rien"),
        ({"position": "48,85 ; 2,35"}, "pas dans la Métropole"),
        ({"answer_side": "above"}, "Sélectionnez un choix valide"),
    ],
)
def test_an_error_loses_nothing(desk: Client, changed: dict[str, str], words: str) -> None:
    response = desk.post(URL, said(**changed))
    assert response.status_code == 422
    assert words in response.text
    assert "Un trou profond" in response.text
    assert not Report.objects.exists()


def test_a_position_in_any_spelling(desk: Client) -> None:
    desk.post(URL, said(address="", commune="", position="43,29000 ; 5,38000"))
    made = Report.objects.get()
    assert (made.latitude, made.longitude) == (43.29, 5.38)


def test_the_live_part_shows_what_is_near_and_is_quiet_while_it_is_the_same(
    desk: Client, report: Report
) -> None:
    part = desk.post(f"{URL}similar/", {"category_code": "pothole", "shown": ""})
    assert "Aucun signalement proche" in part.text
    part = desk.post(f"{URL}similar/", said(shown="none"))
    assert "Rattacher l’appelant à ce signalement" in part.text
    assert f'name="shown" value="{report.reference}"' in part.text
    same = desk.post(f"{URL}similar/", said(shown=report.reference))
    assert same.status_code == 204
    assert Report.objects.count() == 1


def test_the_questions_follow_the_category(desk: Client) -> None:
    part = desk.post(f"{URL}questions/", {"category_code": "street_light_out"})
    assert "Quel numéro est inscrit sur le candélabre" in part.text
    assert 'name="asked" value="street_light_out"' in part.text


def test_attaching_a_caller_counts_them_once(desk: Client, report: Report) -> None:
    sent = said(attach=report.reference, description="")
    for _ in range(2):
        response = desk.post(URL, sent, follow=True)
    assert "L’appelant est rattaché au signalement" in response.text
    assert report.reference_display in response.text
    assert "2\u00a0personnes" in response.text
    support = Support.objects.get()
    assert (support.channel, support.resident, support.conversation) == ("phone", None, None)
    assert Report.objects.count() == 1


def test_attaching_to_what_was_closed_meanwhile_says_so(desk: Client, report: Report) -> None:
    Report.objects.update(state="rejected", closed_at=report.created_at)
    response = desk.post(URL, said(attach=report.reference))
    assert response.status_code == 422
    assert "ne peut plus être rejoint" in response.text
    assert "Un trou profond" in response.text


@pytest.mark.parametrize("path", ["", "similar/", "questions/"])
def test_it_needs_the_permission(console: Client, path: str) -> None:
    assert console.post(URL + path, said()).status_code == 403
    assert f'href="{URL}"' not in console.get("/console/").text


def test_a_reports_page_counts_supporters_and_marks_a_duplicate(
    desk: Client, report: Report
) -> None:
    desk.post(URL, said(seen=report.reference))
    double = Report.objects.exclude(pk=report.pk).get()
    page = desk.get(f"/console/reports/{double.reference}/")
    assert "Personne d’autre ne suit ce signalement" in page.text
    assert "C’est un doublon de celui-ci" in page.text
    desk.post(
        f"/console/reports/{double.reference}/steps/mark_duplicate/",
        {"original": report.reference},
    )
    double.refresh_from_db()
    assert double.duplicate_of == report
    kept = desk.get(f"/console/reports/{report.reference}/").text
    assert "Suivi par 1\u00a0personne en plus de son auteur" in kept


def test_who_may_not_mark_duplicates_sees_no_button(
    client: Client, make_user: Callable[..., User], report: Report, desk: Client
) -> None:
    desk.post(URL, said(seen=report.reference))
    client.force_login(make_user("reader", access.VIEW_REPORTS))
    page = client.get(f"/console/reports/{report.reference}/").text
    assert "signalement" in page
    assert "même rue" in page
    assert "C’est un doublon" not in page
