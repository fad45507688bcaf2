"""The worker's jobs, under the role that serves: from the end of the vote to its sums."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import Resident
from agent_console.citizens.tests.given import with_wallet
from agent_console.consultations import tasks
from agent_console.consultations.models import Consultation, Proposal, ProposalState
from agent_console.consultations.proposals import proposal_submit
from agent_console.consultations.tests.conftest import ended, vote
from agent_console.consultations.workflow import State

pytestmark = pytest.mark.django_db


def _queued(task: str) -> list[dict[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name=task).order_by("pk")
    return [job.args for job in jobs]


def test_votes_end_and_are_counted_by_jobs_with_the_serving_role(
    make_consultation: Callable[..., Consultation],
) -> None:
    consultation = make_consultation()
    with patch("service_kit.jobs.connections.close_all"), connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        for _ in range(10):
            vote(consultation, with_wallet())
        proposal_submit(
            consultation_id=consultation.pk,
            resident_id=Resident.objects.create().pk,
            text="Des bancs",
        )
        (mask,) = _queued("consultations.mask")
        tasks.mask(**mask)
        ended(consultation)
        tasks.close_due(0)
        (count,) = _queued("consultations.count")
        tasks.again(0)  # not counted yet: put into the queue once more, and told
        assert _queued("consultations.count") == [count, count]
        tasks.count(**count)
        tasks.again(0)
        cursor.execute("RESET ROLE")
    consultation.refresh_from_db()
    assert (consultation.state, consultation.ballots_count) == (State.CLOSED, 10)
    assert Proposal.objects.get().state == ProposalState.WAITING
    # What jobs are told: numbers of their own, nothing of a ballot.
    rewards = _queued("consultations.reward")
    assert all(set(job) == {"evidence"} for job in rewards)
    assert len({job["evidence"] for job in rewards}) == 10
