"""Somebody helps somebody else: the points are of the one who is helped."""

import uuid

import pytest

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import resident_of_contact
from agent_console.conversations.models import Conversation
from agent_console.reports.feedback import report_feedback
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, ReportReward
from agent_console.reports.services import report_create

pytestmark = pytest.mark.django_db


def reported(conversation: Conversation, on_behalf: str) -> Report:
    return report_create(
        intake_key=f"test:{uuid.uuid4()}",
        intake=Intake(
            conversation=conversation,
            category_code="pothole",
            address="12 rue Paradis",
            commune="Marseille",
            place="",
            description="Un trou",
            on_behalf=on_behalf,
        ),
    )


@pytest.mark.parametrize("who", ["relative", "carer", "france_services"])
def test_the_helper_earns_nothing_and_hears_of_it(
    metropolis: None, conversation: Conversation, who: str
) -> None:
    helper = resident_of_contact(contact_point_id=conversation.contact_point_id)
    report = reported(conversation, who)
    assert report.resident is not None
    assert report.resident != helper
    assert ReportReward.objects.filter(report=report).exists()
    assert report.conversation == conversation
    assert ContactPoint.objects.get().resident == helper
    answered = report_feedback(
        reference=report.reference, conversation=conversation, is_solved=True, comment=""
    )
    assert answered == report


def test_for_oneself_is_ones_own(metropolis: None, conversation: Conversation) -> None:
    helper = resident_of_contact(contact_point_id=conversation.contact_point_id)
    assert reported(conversation, "self").resident == helper
