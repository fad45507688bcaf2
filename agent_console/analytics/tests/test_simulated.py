"""A simulated year is counted like a true one, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import timezone

from agent_console.analytics.models import Episode, TalkMark
from agent_console.analytics.services import episodes_update
from agent_console.reports.models import Report
from agent_console.simulation.removing import simulation_remove
from agent_console.simulation.services import simulate


def _quiet(what: str, total: int) -> Callable[[int], object]:
    return lambda done: None


@pytest.mark.django_db(transaction=True)
def test_a_simulated_year_is_counted_and_taken_away() -> None:
    call_command("seed_metropolis", verbosity=0)
    simulate(reports=80, seed=1, until=date(2026, 6, 1), progress=_quiet)
    episodes_update(now=timezone.now())
    by_hand = Report.objects.filter(channel__in=("phone", "counter", "letter", "email"))
    assert Episode.objects.filter(report__isnull=False).count() == by_hand.count() > 50
    assert Episode.objects.filter(conversation__isnull=False).exists()
    simulation_remove(progress=_quiet)
    assert Episode.objects.count() == TalkMark.objects.count() == 0
