"""A simulated year: believable, the same for a seed, told apart and removed without a trace."""

from __future__ import annotations

import uuid
from collections import Counter
from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.models import Count, F, Max, Q
from pytest_django import Settings

from agent_console.conversations.models import Conversation, Delivery, Turn
from agent_console.pickups.models import Booking, Slot
from agent_console.pickups.workflow import STEPS as PICKUP_STEPS
from agent_console.reports.intake import EAST, NORTH, SOUTH, WEST, Intake
from agent_console.reports.models import (
    OnCallPage,
    Report,
    ReportReward,
    Support,
    SupportChange,
    SupportReward,
    Transition,
)
from agent_console.reports.services import report_create
from agent_console.reports.steps import report_validate
from agent_console.reports.workflow import CLOSED, STEPS, State
from agent_console.simulation.errors import AlreadySimulated, TrueRowsAttached
from agent_console.simulation.removing import simulation_remove
from agent_console.simulation.services import simulate

from .conftest import UNTIL, quiet

_TABLES = [model for model in apps.get_models() if model._meta.managed]


def _counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in _TABLES}


def test_a_year_is_believable_repeats_for_its_seed_and_leaves_no_trace(seeded: None) -> None:
    before = _counts()
    simulate(reports=1500, seed=7, until=UNTIL, progress=quiet)

    _is_believable()
    _is_consistent()
    _joined_and_collected()
    first = sorted(Report.objects.values_list("reference", "description", "state", "created_at"))
    with pytest.raises(AlreadySimulated):
        simulate(reports=10, seed=8, until=UNTIL, progress=quiet)
    assert Report.objects.count() == 1500

    assert simulation_remove(progress=quiet) == 1500
    assert _counts() == before
    _a_true_report()
    with pytest.raises(DatabaseError, match="append-only"):  # the triggers are back
        Transition.objects.all().delete()

    simulate(reports=1500, seed=7, until=UNTIL, progress=quiet)
    again = Report.objects.filter(intake_key__startswith="simulation:")
    assert sorted(again.values_list("reference", "description", "state", "created_at")) == first


def _is_believable() -> None:
    reports = Report.objects.all()
    channels = Counter(reports.values_list("channel", flat=True))
    assert 0.76 < channels["phone"] / 1500 < 0.84
    states = Counter(reports.values_list("state", flat=True))
    assert states["resolved"] > 1000
    assert 0.08 < states["duplicate"] / 1500 < 0.16
    assert states["rejected"] > 30
    closed_late = reports.filter(state="resolved", closed_at__gt=F("due_at")).count()
    assert 0.1 < closed_late / states["resolved"] < 0.4
    assert reports.filter(closed_at=None).exists()
    assert reports.values("description").distinct().count() > 1000
    assert reports.values("commune").distinct().count() > 60
    marseille = reports.filter(commune__insee__startswith="132").count()
    assert 0.3 < marseille / 1500 < 0.55
    assert reports.values("resident").annotate(n=Count("pk")).filter(n__gt=2).exists()
    assert reports.filter(latitude__isnull=False).count() > 900
    assert not reports.filter(
        Q(latitude__lt=SOUTH)
        | Q(latitude__gt=NORTH)
        | Q(longitude__lt=WEST)
        | Q(longitude__gt=EAST)
    ).exists()


def _is_consistent() -> None:
    for report in Report.objects.prefetch_related("transitions"):
        steps = list(report.transitions.all())
        assert steps[-1].to_state == report.state
        assert [step.at for step in steps] == sorted({step.at for step in steps})
        assert (report.closed_at is not None) == (State(report.state) in CLOSED)
        for earlier, step in pairwise(steps):
            assert step.from_state == earlier.to_state
            assert step.from_state in STEPS[step.action].sources
            assert step.to_state == STEPS[step.action].target
            assert bool(step.actor_id) == bool(STEPS[step.action].permission)
            if STEPS[step.action].needs_reason:
                assert step.reason or step.reason_code
    # Nothing is under way: no job, no page, no promise, no wallet.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)
    assert not OnCallPage.objects.filter(ended_at=None).exists()
    assert set(ReportReward.objects.values_list("state", flat=True)) == {"refused"}
    assert not ReportReward.objects.filter(reward_id__isnull=False).exists()
    assert not Delivery.objects.filter(state="queued").exists()
    assert not Turn.objects.filter(state="waiting").exists()
    # Numbers are gapless, in time's order.
    talked = Conversation.objects.annotate(n=Count("messages"), last=Max("messages__seq"))
    assert talked.exists()
    assert not talked.exclude(n=F("last_seq"), last=F("last_seq")).exists()
    for conversation in talked[:50]:
        times = list(conversation.messages.order_by("seq").values_list("created_at", flat=True))
        assert times == sorted(times)
    duplicates = Report.objects.filter(state="duplicate").select_related("duplicate_of")
    assert all(
        row.duplicate_of.created_at <= row.created_at for row in duplicates if row.duplicate_of
    )
    assert not User.objects.filter(username__startswith="simulation-", is_active=True).exists()


def _joined_and_collected() -> None:
    """Supporters and pickups, as the product's own rules would have them."""
    supports = Support.objects.select_related("report")
    assert supports.filter(came_from__isnull=True).count() > 50
    assert supports.filter(came_from__isnull=False).exists()
    assert supports.exclude(ended_at=None).exists()
    assert not supports.filter(resident=F("report__resident")).exists(), "one's own report"
    assert not supports.filter(created_at__lt=F("report__created_at")).exists()
    assert not supports.exclude(told_up_to__gt=0).exists()
    changes = Counter(SupportChange.objects.values_list("action", flat=True))
    assert changes["joined"] == supports.count()
    assert changes["left"] == supports.exclude(ended_at=None).count()
    assert set(SupportReward.objects.values_list("state", flat=True)) == {"refused"}
    bookings = Booking.objects.all()
    states = Counter(bookings.values_list("state", flat=True))
    assert 0.8 < bookings.count() / (1500 * 0.15) <= 1
    assert states["done"] > 100
    assert states["cancelled"] > 3
    assert states["no_show"] > 3
    assert set(states) <= {"done", "cancelled", "no_show", "refused_on_site"}
    assert not bookings.filter(slot__day__gte=UNTIL).exists()
    for booking in bookings.prefetch_related("steps", "items").select_related("slot"):
        steps = list(booking.steps.all())
        assert steps[-1].to_state == booking.state
        assert [step.at for step in steps] == sorted({step.at for step in steps})
        for earlier, step in pairwise(steps):
            assert step.from_state == earlier.to_state
            assert step.from_state in PICKUP_STEPS[step.action].sources
        assert sum(item.count for item in booking.items.all()) == booking.objects_count
    for slot in Slot.objects.filter(day__lt=UNTIL).annotate(
        held=Count("bookings", filter=~Q(bookings__state="cancelled"))
    ):
        assert slot.used == slot.held <= slot.capacity


def _a_true_report(**values: object) -> Report:
    intake = Intake(category_code="pothole", channel="phone", address="1 rue du Puits",
                    commune="Aubagne", **values)  # type: ignore[arg-type]  # fmt: skip
    return report_create(intake_key=f"true:{uuid.uuid4()}", intake=intake)


def test_what_colleagues_did_since_goes_along_and_true_reports_stay(seeded: None) -> None:
    simulate(reports=200, seed=1, until=UNTIL, progress=quiet)
    true = _a_true_report()
    actor = User.objects.create_superuser("chef", password="Un mot de passe 42")
    simulated = Report.objects.filter(
        state="received", intake_key__startswith="simulation:"
    ).first()
    if simulated is not None:
        report_validate(report=simulated, actor=actor)
    actor.user_permissions.add(*Permission.objects.all()[:1])

    simulation_remove(progress=quiet)

    assert list(Report.objects.all()) == [true]
    assert true.transitions.count() == 1


def test_nothing_goes_while_a_true_report_leans_on_it(seeded: None) -> None:
    simulate(reports=200, seed=1, until=UNTIL, progress=quiet)
    known = Report.objects.filter(resident__isnull=False).select_related("resident").first()
    assert known is not None
    true = _a_true_report(resident=known.resident)
    with pytest.raises(TrueRowsAttached, match=true.reference_display):
        simulation_remove(progress=quiet)
    assert Report.objects.count() == 201


def test_a_public_server_is_never_filled_by_mistake(seeded: None, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://poche.example.fr"
    with pytest.raises(CommandError, match="yes-really"):
        call_command("simulate", reports=10)
    assert not Report.objects.exists()
    call_command("simulate", reports=10, yes_really=True, until=UNTIL, verbosity=0)
    assert Report.objects.count() == 10


def test_the_runtime_role_is_sent_away(seeded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        try:
            with pytest.raises(CommandError, match="MDMP_DB_ROLE=owner"):
                call_command("simulate", reports=10)
        finally:
            cursor.execute("RESET ROLE")
