"""The outages' pages: declared, followed on every page, ended; who may; in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.intake import access
from agent_console.reports.models import Outage, Report
from agent_console.reports.workflow import State
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
BASE = "/console/pannes/"
SAID = "Une canalisation a cédé, l’eau revient ce soir."


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> Client:
    rights = (access.VIEW_REPORTS, access.MANAGE_OUTAGES, access.ADD_REPORTS)
    browser = Client()
    browser.force_login(make_user("nadia", *rights, "reports.reopen_report"))
    return browser


@pytest.fixture
def reader(make_user: Callable[..., User]) -> Client:
    browser = Client()
    browser.force_login(make_user("camille", access.VIEW_REPORTS, access.ADD_REPORTS))
    return browser


def declare(client: Client, report: Report, **changed: str) -> str:
    """Its address."""
    fields = {"message_fr": SAID, "communes": [report.commune_id], **changed}
    answer = client.post(f"{BASE}declarer/{report.reference}/", fields)
    assert answer.status_code == 302, answer.text
    return str(answer["Location"])


def test_declared_followed_and_ended(supervisor: Client, reader: Client, report: Report) -> None:
    report_page = f"/console/reports/{report.reference}/"
    assert "Déclarer une panne" in supervisor.get(report_page).text
    assert "Déclarer une panne" not in reader.get(report_page).text
    address = declare(supervisor, report)
    for page in ("/console/", report_page, "/console/reports/new/", "/console/appel/", BASE):
        assert SAID in reader.get(page).text, page
    near = reader.post(
        "/console/reports/new/similar/",
        {"category_code": "pothole", "commune": "Marseille", "address": "1 rue Haxo"},
    )
    assert "Panne en cours, à annoncer" in near.text
    assert f'value="{report.reference}"' in near.text
    supervisor.post(f"{address}clore/", {"reason_code": "repaired"})
    report.refresh_from_db()
    assert report.state == State.RESOLVED
    assert 'data-testid="outages"' not in reader.get("/console/").text
    assert "Indiquez pourquoi." in supervisor.post(f"{address}rouvrir/", {"reason": ""}).text
    supervisor.post(f"{address}rouvrir/", {"reason": "Trop tôt"})
    report.refresh_from_db()
    assert report.state == State.QUALIFIED
    page = supervisor.get(address).text
    acts = [page.index(word) for word in ("Clôture annulée", "Close avec", "Déclarée,")]
    assert acts == sorted(acts)


@pytest.mark.parametrize(
    ("given", "name", "refused"),
    [
        ({"message_fr": ""}, "message_fr", "Écrivez ce que les gens entendront."),
        ({"message_fr": "a" * 301}, "message_fr", "300"),
        ({"communes": ""}, "communes", "Choisissez"),
        ({"communes": "99999"}, "communes", "Choisissez"),
        ({"expected_end": "2020-01-01T10:00"}, "expected_end", "à venir"),
        ({"expected_end": "demain"}, "expected_end", "Donnez un jour"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    given: dict[str, str], name: str, refused: str, supervisor: Client, report: Report
) -> None:
    fields = {"message_fr": SAID, "communes": [report.commune_id], **given}
    answer = supervisor.post(f"{BASE}declarer/{report.reference}/", fields)
    assert answer.status_code == 422
    field = re.search(rf'<label for="id_{name}">.*?</p>', answer.text, re.S)
    assert field
    assert refused in field[0]
    assert not Outage.objects.exists()


def test_of_two_editors_the_second_is_told(supervisor: Client, report: Report) -> None:
    address = declare(supervisor, report)
    end = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    fields = {"message_fr": "Autre", "communes": [report.commune_id], "expected_end": end}
    assert supervisor.post(f"{address}changer/", {**fields, "seen": "1"}).status_code == 302
    late = supervisor.post(f"{address}changer/", {**fields, "seen": "1", "message_fr": "Tard"})
    assert late.status_code == 422
    assert "Un collègue a changé cette panne" in late.text
    assert Outage.objects.get().message_fr == "Autre"


def test_a_reader_reads_and_changes_nothing(
    supervisor: Client, reader: Client, report: Report
) -> None:
    address = declare(supervisor, report)
    assert reader.get(BASE).status_code == reader.get(address).status_code == 200
    assert "Clore" not in reader.get(address).text
    for path in ("changer/", "rattacher/", "detacher/", "clore/", "rouvrir/"):
        assert reader.post(f"{address}{path}").status_code == 403
    assert reader.get(f"{BASE}declarer/{report.reference}/").status_code == 403
    stranger = Client()
    stranger.force_login(User.objects.create_user("ailleurs"))
    assert {stranger.get(path).status_code for path in (BASE, "/console/parts/pannes/")} == {403}


def test_what_is_unknown(supervisor: Client, report: Report) -> None:
    address = declare(supervisor, report)
    assert supervisor.get(f"{BASE}999999/").status_code == 404
    assert supervisor.get(f"{BASE}declarer/000000000/").status_code == 404
    assert supervisor.post(f"{address}detacher/", {"report": "x"}).status_code == 404
    told = supervisor.post(f"{address}rattacher/", {"report": ["x"]}, follow=True)
    assert "Signalements rattachés : 0." in told.text


def test_pages_break_no_rule_and_fit_a_phone(
    supervisor: Client, reader: Client, report: Report
) -> None:
    empty = supervisor.get(BASE)
    blank = supervisor.get(f"{BASE}declarer/{report.reference}/")
    refused = supervisor.post(f"{BASE}declarer/{report.reference}/", {"message_fr": ""})
    address = declare(supervisor, report, message_en="The water is back tonight.")
    on = supervisor.get(address)
    answers = {
        BASE: supervisor.get(BASE),
        "/empty": empty,
        "/blank": blank,
        "/refused": refused,
        "/on": on,
        "/read": reader.get(address),
        "/edit": supervisor.get(f"{address}changer/"),
    }
    supervisor.post(f"{address}clore/", {})
    answers["/ended"] = supervisor.post(f"{address}rouvrir/", {"reason": ""})
    pages = {
        path: RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
        for path, answer in answers.items()
    }
    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
                widths[path] = page.evaluate("document.documentElement.scrollWidth")
            context.close()
    assert found == {path: [] for path in found}
    assert widths == dict.fromkeys(pages, 320)
