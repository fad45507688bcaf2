"""What an erased conversation takes with it of the assistant's training data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from agent_console.analytics.models import MissedSentence
from agent_console.conversations.models import Message
from agent_console.rights.erasing_contacts import talks_forget
from agent_console.training.errors import StepRefused
from agent_console.training.models import Correction
from agent_console.training.patch import Example
from agent_console.training.services import correction_decide, correction_propose, export_make
from agent_console.training.tests.conftest import example, missed
from agent_console.training.workflow import Act, Reason, State

pytestmark = pytest.mark.django_db


def test_words_go_with_their_conversation_unless_two_people_read_them(
    make_user: Callable[..., User],
) -> None:
    author, reviewer = make_user("nadia"), make_user("sami")

    def propose(text: str) -> Correction:
        return correction_propose(missed=missed(text), example=example(text), author=author)

    kept, proposed = propose("salut"), propose("chez moi au 12")
    correction_decide(correction_id=kept.pk, act=Act.ACCEPTED, actor=reviewer)
    refused = propose("et au 14")
    correction_decide(
        correction_id=refused.pk, act=Act.REFUSED, actor=reviewer, reason=Reason.NAMES
    )
    talks = list(Message.objects.values_list("conversation", flat=True))
    talks_forget(talks, are_gone=True)
    assert not MissedSentence.objects.exists()
    assert [
        (one.state, one.text, one.entities, one.message_id)
        for one in Correction.objects.order_by("pk")
    ] == [
        (State.ACCEPTED, "salut", [], None),
        (State.DROPPED, "", [], None),
        (State.DROPPED, "", [], None),
    ]
    for one in (proposed, refused):
        assert one.steps.count() > 0
        with pytest.raises(StepRefused):
            correction_decide(correction_id=one.pk, act=Act.REOPENED, actor=reviewer)
    assert export_make(actor=None).count == 1
    assert kept.example == Example("greet", "", "salut")
