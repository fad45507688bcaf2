"""Who is competent, and what becomes of what is not the Metropolis'."""

import json
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.db import connections
from django.test import Client
from pytest_django import Settings

from agent_console.conversations.models import Conversation, Message
from agent_console.places.models import Commune
from agent_console.reports import errors, forwarding, services, steps, tasks, taxonomy
from agent_console.reports.competence import competent_body
from agent_console.reports.intake import Intake
from agent_console.reports.models import (
    Body,
    Category,
    CompetenceRule,
    Forward,
    ForwardState,
    Report,
)
from agent_console.reports.notices import outcome_tell


@pytest.fixture
def chief(make_user: Callable[..., User]) -> User:
    return make_user("chief", "reports.validate_report", "reports.assign_report")


@pytest.fixture
def fallen_tree(metropolis: None, conversation: Conversation) -> Report:
    intake = Intake(
        conversation=conversation,
        category_code="tree",
        address="3 avenue des Goums",
        commune="Aubagne",
        description="Je suis Mme Dupont",
        answers={"blocks": "road"},
    )
    return services.report_create(intake_key="test:tree", intake=intake)


def _who(category: str, insee: str | None) -> str | None:
    commune = Commune.objects.get(pk=insee) if insee else None
    body = competent_body(category=Category.objects.get(pk=category), commune=commune)
    return body.code if body else None


def _told() -> list[str]:
    found = Message.objects.filter(author="system").order_by("seq")
    return list(found.values_list("text", flat=True))


def test_the_shipped_rules_are_examples_and_say_so(metropolis: None) -> None:
    assert not Body.objects.filter(is_default=False).exists()
    assert not CompetenceRule.objects.filter(is_default=False).exists()
    assert _who("pothole", "13001") == "metropole"
    assert _who("pothole", None) == "metropole"
    assert _who("tree", "13005") == "mairie"
    assert _who("tree", "13055") == "ville-marseille"
    assert _who("tree", "13206") == "ville-marseille", "a rule for Marseille holds in its districts"


def test_priority_decides_and_then_the_rule_that_names_more(metropolis: None) -> None:
    CompetenceRule.objects.all().delete()
    assert _who("tree", "13206") is None

    def rule(body: str, priority: int, category: str | None, commune: str | None) -> None:
        CompetenceRule.objects.create(
            body_id=body, priority=priority, category_id=category, commune_id=commune
        )

    rule("metropole", 0, None, None)
    rule("mairie", 0, None, "13055")
    assert _who("tree", "13206") == "mairie"
    rule("prive", 0, None, "13206")
    assert _who("tree", "13206") == "prive"
    rule("bailleur", 0, "tree", None)
    assert _who("tree", "13206") == "bailleur"
    rule("route-etat", 5, None, None)
    assert _who("tree", "13206") == "route-etat"


def test_rules_that_a_supervisor_removed_stay_away(metropolis: None) -> None:
    CompetenceRule.objects.all().delete()
    taxonomy.taxonomy_load()
    assert not CompetenceRule.objects.exists()


def test_what_is_ours_is_handed_to_nobody(report: Report, chief: User) -> None:
    steps.report_validate(report=report, actor=chief)
    assert not Forward.objects.exists()


def test_an_agent_hands_over_what_has_no_address(fallen_tree: Report, chief: User) -> None:
    steps.report_validate(report=fallen_tree, actor=chief)
    forward = Forward.objects.get()
    assert (forward.state, forward.body_id) == (ForwardState.TO_DO, "mairie")
    for _ in range(2):
        outcome_tell(report_id=fallen_tree.id)
    assert sum("Mairie de la commune" in text for text in _told()) == 1
    for _ in range(2):
        done = forwarding.forward_done(forward_id=forward.pk, actor=chief)
    assert (done.state, done.ended_by) == (ForwardState.DONE, chief)


def test_a_body_with_an_address_is_written_to_once_it_is_confirmed(
    fallen_tree: Report, chief: User, settings: Settings
) -> None:
    settings.IS_EMAIL_ON = True
    Body.objects.filter(pk="mairie").update(handover="email", email="mairie@example.org")
    steps.report_validate(report=Report.objects.get(), actor=chief)
    forward = Forward.objects.get()
    assert forward.state == ForwardState.QUEUED
    with patch.object(connections, "close_all"):
        for _ in range(2):
            tasks.forward(forward.pk)
    (sent,) = outbox.outbox
    assert sent.to == ["mairie@example.org"]
    assert "3 avenue des Goums, Aubagne" in sent.body
    assert "La chaussée" in sent.body
    assert "Dupont" not in sent.body
    forward.refresh_from_db()
    assert forward.state == ForwardState.SENT


def test_without_a_mail_server_it_waits_for_an_agent(
    fallen_tree: Report, chief: User, settings: Settings
) -> None:
    settings.IS_EMAIL_ON = False
    Body.objects.filter(pk="mairie").update(handover="email", email="mairie@example.org")
    steps.report_validate(report=Report.objects.get(), actor=chief)
    assert Forward.objects.get().state == ForwardState.TO_DO


def test_the_right_door_is_named(report: Report, chief: User) -> None:
    Body.objects.filter(pk="bailleur").update(phone="04 00 00 00 00")
    for _ in range(2):
        forward = forwarding.report_forward(report=report, actor=chief, body_code="bailleur")
    assert forward.state == ForwardState.NAMED
    for _ in range(2):
        outcome_tell(report_id=report.id)
    (told,) = _told()
    assert "ne relève pas de la Métropole" in told
    assert "04 00 00 00 00" in told


def test_forwarding_is_for_who_may_and_never_to_ourselves(
    report: Report, chief: User, make_user: Callable[..., User]
) -> None:
    with pytest.raises(errors.PermissionMissing):
        forwarding.report_forward(report=report, actor=make_user("x"), body_code="mairie")
    for code in ("metropole", "nobody"):
        with pytest.raises(errors.BodyUnknown):
            forwarding.report_forward(report=report, actor=chief, body_code=code)
    with pytest.raises(errors.ForwardUnknown):
        forwarding.forward_done(forward_id=0, actor=chief)
    with pytest.raises(errors.PermissionMissing):
        forwarding.forward_done(forward_id=0, actor=make_user("y"))


def test_the_receipt_names_who_is_in_charge(
    client: Client, metropolis: None, conversation: Conversation
) -> None:
    Body.objects.filter(pk="ville-marseille").update(phone="3013")
    body = {
        "conversation": str(conversation.id),
        "category": "tree",
        "address": "12 rue Paradis",
        "commune": "Marseille 6e",
    }

    def receipt(key: str, category: str) -> dict[str, object]:
        answer: dict[str, object] = client.post(
            "/api/v1/reports",
            json.dumps(body | {"category": category}),
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {configured.CONSOLE_API_TOKENS[0].secret}",
                "Idempotency-Key": key,
            },
        ).json()
        return answer

    tree = receipt("turn-1:one", "tree")
    assert tree["competent"] == {
        "name": "Ville de Marseille",
        "kind": "commune",
        "phone": "3013",
        "web": "",
    }
    assert tree["due_at"]
    assert receipt("turn-1:two", "pothole")["competent"] is None
