"""A crew's closure asks "C'est réglé ?", and "non" comes back to the crew with its words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.conversations.models import Conversation, Message
from agent_console.crews.acting import crew_act
from agent_console.crews.selectors import day_of
from agent_console.crews.tests.conftest import PAGE, act
from agent_console.reports import feedback
from agent_console.reports.models import Report
from agent_console.reports.notices import outcome_tell
from agent_console.reports.workflow import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(crew: User, give: Callable[..., Report]) -> Report:
    report = give()
    done = act("resolve", reason_code="repaired", words="Enrobé à froid")
    crew_act(report_id=report.id, act=done, actor=crew)
    return report


def _last_told(report: Report) -> Message:
    outcome_tell(report_id=report.id)
    return Message.objects.filter(conversation=report.conversation, author="system").latest("seq")


def test_the_citizen_reads_what_was_done_and_is_asked(closed: Report) -> None:
    told = _last_told(closed)
    assert "L’équipe indique : c’est réparé – Enrobé à froid." in told.text.replace("\u00a0", " ")
    assert f"/signalements/{closed.receipt_key}/" in told.text
    assert told.text.rstrip().endswith("C’est réglé\u00a0?")
    assert [button["title"] for button in told.buttons] == ["Oui, c’est réglé", "Non, pas encore"]


def test_an_english_speaker_reads_the_reason_in_english(closed: Report) -> None:
    Conversation.objects.update(locale="en")
    assert "The crew says: it is repaired" in _last_told(closed).text


def test_no_reopens_and_the_crew_reads_why(closed: Report, crew: User, phone: Client) -> None:
    assert day_of(user=crew).total == 0
    assert closed.conversation is not None
    feedback.report_feedback(
        reference=closed.reference,
        conversation=closed.conversation,
        is_solved=False,
        comment="Le trou est revenu avec la pluie",
    )
    [job] = day_of(user=crew).jobs
    assert job.report == closed
    for page in (phone.get(PAGE).text, phone.get(f"{PAGE}{closed.reference}/").text):
        assert "Le trou est revenu avec la pluie" in page
        assert "Non, pas encore" in page
    assert "Reprendre" in phone.get(f"{PAGE}{closed.reference}/").text
    crew_act(report_id=closed.id, act=act("resume"), actor=crew)
    [job] = day_of(user=crew).jobs
    assert (job.report.state, job.reopened is None) == (State.IN_PROGRESS, False)
    crew_act(report_id=closed.id, act=act("wrong_service", words="C’est l’eau"), actor=crew)
    assert day_of(user=crew).total == 0, "given back: it waits for an operator"
