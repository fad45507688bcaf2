"""The receipt: what it says, in two languages, to whom, and what it keeps to itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Conversation
from agent_console.reports import services, steps
from agent_console.reports.intake import Intake
from agent_console.reports.models import Feedback, Report
from agent_console.reports.workflow import State

pytestmark = pytest.mark.django_db
STEPS = (
    "reports.validate_report",
    "reports.assign_report",
    "reports.work_report",
    "reports.reject_report",
)


@pytest.fixture
def agent(make_user: Callable[..., User]) -> User:
    return make_user("agente", *STEPS)


@pytest.fixture
def resolved(report: Report, agent: User) -> Report:
    steps.report_validate(report=report, actor=agent)
    steps.report_assign(
        report=report, actor=agent, service_code="voirie", reason="Mot entre agents"
    )
    steps.report_resolve(
        report=report, actor=agent, reason_code="repaired", reason="Vu avec M. Martin"
    )
    report.refresh_from_db()
    return report


def address(report: Report, more: str = "") -> str:
    return f"/signalements/{report.receipt_key}/{more}"


def test_it_says_reference_date_service_and_whom_to_call(client: Client, report: Report) -> None:
    answer = client.get(address(report))
    page = answer.text.replace("&nbsp;", "\u00a0")
    assert report.reference_display in page
    assert "Reçu, à vérifier" in page
    assert report.assigned_to.label in page
    assert 'href="tel:0800949408"' in page
    assert "Délai visé" in page
    assert "C’est réglé" not in page, "nothing to ask yet"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_holds_no_words_and_no_address_of_anybody(client: Client, resolved: Report) -> None:
    page = client.get(address(resolved)).text
    for hidden in ("rue Paradis", "Un trou", "Mot entre agents", "Martin", "agente"):
        assert hidden not in page
    assert "c’est réparé" in page, "a reason from the list is nobody's words"
    assert str(resolved.pk) not in page


def test_it_speaks_english_when_asked_or_by_the_browser(client: Client, resolved: Report) -> None:
    for page in (
        client.get(address(resolved), {"lang": "en"}).text,
        client.get(address(resolved), headers={"Accept-Language": "en-GB"}).text,
    ):
        assert "Is it solved?" in page
        assert "Dealt with: it is repaired" in page
        assert timezone.localtime(resolved.created_at).strftime("%B") in page
    french = client.get(address(resolved), {"lang": "fr"}, headers={"Accept-Language": "en"}).text
    assert "Récépissé" in french


def test_an_address_that_nobody_was_given_leads_nowhere(client: Client, resolved: Report) -> None:
    for key in (uuid.uuid4(), resolved.id):
        assert client.get(f"/signalements/{key}/").status_code == 404
        assert client.post(f"/signalements/{key}/avis/", {"answer": "no"}).status_code == 404
    assert client.get(address(resolved, "avis/")).status_code == 405
    assert not Feedback.objects.exists()


def test_yes_is_thanked_and_no_reopens_once(client: Client, resolved: Report) -> None:
    assert "Merci" in client.post(address(resolved, "avis/"), {"answer": "yes"}, follow=True).text
    body = {"answer": "no", "comment": "Le trou est revenu"}
    for _ in range(2):
        page = client.post(address(resolved, "avis/"), body, follow=True).text
        assert "Rouvert" in page
        assert "Le trou est revenu" not in page
    resolved.refresh_from_db()
    assert resolved.state == State.QUALIFIED
    assert resolved.transitions.filter(action="dispute", reason="Le trou est revenu").count() == 1
    assert list(Feedback.objects.values_list("is_solved", flat=True)) == [True, False]


def test_what_came_by_phone_has_a_receipt_that_can_answer(
    client: Client, metropolis: None, agent: User
) -> None:
    intake = Intake(
        conversation=None,
        channel=ChannelCode.PHONE,
        category_code="pothole",
        address="3 rue de Rome",
        commune="Marseille",
        created_by=agent,
    )
    report = services.report_create(intake_key="test:phone", intake=intake)
    steps.report_validate(report=report, actor=agent)
    steps.report_assign(report=report, actor=agent, service_code="voirie")
    steps.report_resolve(report=report, actor=agent)
    client.post(address(report, "avis/"), {"answer": "no"})
    report.refresh_from_db()
    assert report.state == State.QUALIFIED
    assert Feedback.objects.get().conversation is None


def test_too_late_and_too_long_say_so_and_change_nothing(client: Client, resolved: Report) -> None:
    long = client.post(address(resolved, "avis/"), {"answer": "no", "comment": "x" * 301})
    assert long.status_code == 422
    assert "300 caractères" in long.text
    Report.objects.update(closed_at=timezone.now() - timedelta(days=31))
    late = client.post(address(resolved, "avis/?lang=en"), {"answer": "no", "comment": "Still"})
    assert late.status_code == 409
    assert "too long ago" in late.text
    assert "Still" in late.text
    assert not Feedback.objects.exists()


def test_a_rejection_gives_its_reason_from_the_list(
    client: Client, report: Report, agent: User
) -> None:
    steps.report_reject(
        report=report, actor=agent, reason_code="private_ground", reason="Chez Mme Roux"
    )
    page = client.get(address(report)).text
    assert "le problème est sur un terrain privé" in page
    assert "Roux" not in page


def test_the_api_and_the_console_give_the_address(
    client: Client, conversation: Conversation, metropolis: None, make_user: Callable[..., User]
) -> None:
    answer = client.post(
        "/api/v1/reports",
        json.dumps(
            {
                "conversation": str(conversation.id),
                "category": "pothole",
                "address": "12 rue Paradis",
                "commune": "Marseille",
            }
        ),
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}",
            "Idempotency-Key": "receipt-test",
        },
    )
    report = Report.objects.get()
    assert answer.json()["receipt_url"] == f"{settings.PUBLIC_BASE_URL}{address(report)}"
    client.force_login(make_user("lectrice", "reports.view_report"))
    assert address(report) in client.get(f"/console/reports/{report.reference}/").text
