"""Outages: who belongs to one, what is said before a report, an end for all, a mistaken end."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Conversation, Notice
from agent_console.places.models import Commune
from agent_console.reports import errors, outages, steps
from agent_console.reports.intake import Intake
from agent_console.reports.models import Category, Outage, OutageChange, Report
from agent_console.reports.notices import outcome_tell
from agent_console.reports.outage_reads import outage_of, parts_of, people_in, reports_to_offer
from agent_console.reports.outages import (
    outage_attach,
    outage_change,
    outage_close,
    outage_declare,
    outage_detach,
    outage_reopen,
)
from agent_console.reports.services import report_create
from agent_console.reports.steps import report_reject, report_reopen, report_validate
from agent_console.reports.workflow import State

pytestmark = pytest.mark.django_db
RIGHTS = ("reports.manage_outages", "reports.reopen_report", "reports.validate_report")
BEARER = f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"
TOLD = "Tout le quartier est dans le noir, une équipe est sur place."


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", *RIGHTS, "reports.reject_report")


@pytest.fixture
def report_at(metropolis: None) -> Callable[..., Report]:
    """A report taken in by phone."""

    def made(commune: str = "Aubagne", category: str = "street_light_out", **more: Any) -> Report:
        return report_create(
            intake_key=f"test:{uuid.uuid4()}",
            intake=Intake(
                conversation=more.pop("conversation", None),
                category_code=category,
                address=more.pop("address", "12 rue de la République"),
                commune=commune,
                place="",
                description="Plus de lumière",
                channel=ChannelCode.PHONE,
                **more,
            ),
        )

    return made


@pytest.fixture
def declare(supervisor: User) -> Callable[..., Outage]:
    def made(parent: Report, *, communes: str = "Aubagne", **more: Any) -> Outage:
        return outage_declare(
            report=parent,
            message_fr=TOLD,
            message_en=more.pop("message_en", ""),
            communes=Commune.objects.filter(name=communes),
            expected_end=more.pop("expected_end", None),
            actor=more.pop("actor", supervisor),
        )

    return made


def end(outage: Outage, actor: User, **more: str) -> int:
    return outage_close(outage_id=outage.pk, actor=actor, **more)


def states(*reports: Report) -> list[str]:
    return [Report.objects.get(pk=one.pk).state for one in reports]


def test_what_comes_in_for_the_same_thing_there_becomes_part_of_it(
    report_at: Callable[..., Report], declare: Callable[..., Outage]
) -> None:
    before = report_at()
    parent = report_at()
    outage = declare(parent)
    part, elsewhere = report_at(), report_at("Cassis")
    other = report_at(category="pothole")
    assert [link.report for link in parts_of(outage)] == [part]
    assert [outage_of(one) for one in (parent, part, elsewhere, other, before)] == [
        outage,
        outage,
        None,
        None,
        None,
    ]
    assert reports_to_offer(outage) == [before]
    assert people_in(outage) == 2
    assert states(part) == [State.RECEIVED]  # its life goes on


def test_a_city_holds_its_arrondissements_and_not_the_other_way_round(
    report_at: Callable[..., Report], declare: Callable[..., Outage]
) -> None:
    city = declare(report_at("Marseille"), communes="Marseille")
    assert outage_of(report_at("Marseille 6e Arrondissement")) == city
    outage_close(outage_id=city.pk, actor=User.objects.get(username="nadia"))
    quarter = declare(
        report_at("Marseille 6e Arrondissement"), communes="Marseille 6e Arrondissement"
    )
    assert outage_of(report_at("Marseille")) is None
    assert outage_of(report_at("Marseille 6e Arrondissement")) == quarter


def test_reports_are_attached_and_detached_by_hand_with_who(
    report_at: Callable[..., Report], declare: Callable[..., Outage], supervisor: User
) -> None:
    before, far = report_at(), report_at("Cassis")
    outage = declare(report_at())
    assert outage_attach(outage_id=outage.pk, reports=[before.pk, far.pk], actor=supervisor) == 1
    assert outage_attach(outage_id=outage.pk, reports=[before.pk], actor=supervisor) == 0
    outage_detach(outage_id=outage.pk, report_id=before.pk, actor=supervisor)
    outage_detach(outage_id=outage.pk, report_id=before.pk, actor=supervisor)
    acts = OutageChange.objects.order_by("id").values_list("act", "actor__username")
    assert list(acts) == [(act, "nadia") for act in ("declared", "attached", "detached")]
    with pytest.raises(IntegrityError), transaction.atomic():
        OutageChange.objects.update(note="autre")


def test_one_end_closes_all_and_everybody_is_told(
    report_at: Callable[..., Report],
    declare: Callable[..., Outage],
    conversation: Conversation,
    supervisor: User,
) -> None:
    parent = report_at()
    outage = declare(parent)
    told = report_at(conversation=conversation)
    rejected, detached = report_at(), report_at()
    report_reject(report=rejected, actor=supervisor, reason_code="unclear")
    outage_detach(outage_id=outage.pk, report_id=detached.pk, actor=supervisor)
    assert end(outage, supervisor, reason_code="repaired") == 2
    assert states(parent, told, rejected, detached) == [
        State.RESOLVED,
        State.RESOLVED,
        State.REJECTED,
        State.RECEIVED,
    ]
    step = told.transitions.last()
    assert step is not None
    assert (step.action, step.reason_code, step.actor) == ("close_outage", "repaired", supervisor)
    assert ProcrastinateJob.objects.filter(
        task_name="reports.outcome", args__report_id=str(told.pk)
    ).exists()
    outcome_tell(report_id=told.pk)
    notice = Notice.objects.get(conversation=conversation)
    assert "réparé" in notice.text
    with pytest.raises(errors.OutageEnded):
        end(outage, supervisor)
    assert outage_of(report_at()) is None


def test_all_are_closed_or_none(
    report_at: Callable[..., Report],
    declare: Callable[..., Outage],
    supervisor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent = report_at()
    outage = declare(parent)
    parts = [report_at() for _ in range(3)]
    real, calls = steps.advance, iter(range(9))

    def falls_over(**given: Any) -> Report:
        if next(calls) == 2:
            raise RuntimeError
        return real(**given)

    monkeypatch.setattr(outages, "advance", falls_over)
    with pytest.raises(RuntimeError), transaction.atomic():
        end(outage, supervisor)
    assert set(states(parent, *parts)) == {State.RECEIVED}
    assert Outage.objects.get().ended_at is None
    assert not ProcrastinateJob.objects.filter(task_name="reports.outcome").exists()


def test_a_mistaken_end_takes_back_what_it_did_and_nothing_else(
    report_at: Callable[..., Report], declare: Callable[..., Outage], supervisor: User
) -> None:
    parent = report_at()
    outage = declare(parent)
    part, touched, rejected = report_at(), report_at(), report_at()
    report_reject(report=rejected, actor=supervisor, reason_code="unclear")
    end(outage, supervisor)
    report_reopen(report=touched, actor=supervisor, reason="Toujours éteint")
    history = touched.transitions.count()
    assert outage_reopen(outage_id=outage.pk, reason="Erreur", actor=supervisor) == 2
    assert states(parent, part, touched, rejected) == [
        State.QUALIFIED,
        State.QUALIFIED,
        State.QUALIFIED,
        State.REJECTED,
    ]
    assert touched.transitions.count() == history
    assert outage_of(part) == outage
    assert outage_of(report_at()) == outage
    # It can end again, also for what was reopened.
    assert end(outage, supervisor) == 4


def test_a_mistaken_end_is_taken_back_within_the_workflows_rules(
    report_at: Callable[..., Report],
    declare: Callable[..., Outage],
    supervisor: User,
    make_user: Callable[..., User],
) -> None:
    parent = report_at()
    outage = declare(parent)
    end(outage, supervisor)
    only_outages = make_user("sans", "reports.manage_outages")
    with pytest.raises(errors.PermissionMissing):
        outage_reopen(outage_id=outage.pk, reason="Erreur", actor=only_outages)
    with pytest.raises(errors.ReasonMissing):
        outage_reopen(outage_id=outage.pk, reason=" ", actor=supervisor)
    days = Category.objects.get(pk="street_light_out").reopen_days
    Report.objects.update(closed_at=timezone.now() - timedelta(days=days + 1))
    with pytest.raises(errors.ReopenTooLate):
        outage_reopen(outage_id=outage.pk, reason="Erreur", actor=supervisor)
    assert states(parent) == [State.RESOLVED]
    assert Outage.objects.get().ended_at is not None


def test_a_report_of_an_ended_outage_can_be_part_of_the_next(
    report_at: Callable[..., Report], declare: Callable[..., Outage], supervisor: User
) -> None:
    first = declare(report_at())
    part = report_at()
    end(first, supervisor)
    report_reopen(report=part, actor=supervisor, reason="De nouveau")
    second = declare(report_at())
    assert outage_attach(outage_id=second.pk, reports=[part.pk], actor=supervisor) == 1
    # The first end is taken back without what belongs to another one now.
    outage_reopen(outage_id=first.pk, reason="Erreur", actor=supervisor)
    assert outage_of(part) == second


@pytest.mark.parametrize("doing", ["declare", "change", "attach", "detach", "close", "reopen"])
def test_nobody_does_it_without_the_permission(
    doing: str,
    report_at: Callable[..., Report],
    declare: Callable[..., Outage],
    make_user: Callable[..., User],
) -> None:
    parent = report_at()
    outage = declare(parent)
    stranger = make_user("camille", "reports.reopen_report", "reports.work_report")
    doings: dict[str, Callable[[], Any]] = {
        "declare": lambda: declare(report_at("Cassis"), actor=stranger),
        "change": lambda: outage_change(
            outage_id=outage.pk,
            seen=1,
            message_fr="x",
            message_en="",
            communes=Commune.objects.filter(name="Cassis"),
            expected_end=None,
            actor=stranger,
        ),
        "attach": lambda: outage_attach(outage_id=outage.pk, reports=[], actor=stranger),
        "detach": lambda: outage_detach(outage_id=outage.pk, report_id=parent.pk, actor=stranger),
        "close": lambda: end(outage, stranger),
        "reopen": lambda: outage_reopen(outage_id=outage.pk, reason="x", actor=stranger),
    }
    with pytest.raises(errors.PermissionMissing):
        doings[doing]()
    assert OutageChange.objects.count() == 1


def test_refusals(
    report_at: Callable[..., Report], declare: Callable[..., Outage], supervisor: User
) -> None:
    parent, closed = report_at(), report_at("Cassis")
    report_reject(report=closed, actor=supervisor, reason_code="unclear")
    with pytest.raises(errors.ReportClosedAlready):
        declare(closed)
    with pytest.raises(errors.OutageCommuneMissing):
        declare(parent, communes="Nulle part")
    outage = declare(parent)
    for taken in (parent, report_at()):
        with pytest.raises(errors.OutageDeclared):
            declare(taken)
    new: dict[str, Any] = {
        "message_fr": "Autre",
        "message_en": "",
        "expected_end": None,
        "actor": supervisor,
    }
    communes = Commune.objects.filter(name="Aubagne")
    outage_change(outage_id=outage.pk, seen=1, communes=communes, **new)
    with pytest.raises(errors.OutageChanged):
        outage_change(outage_id=outage.pk, seen=1, communes=communes, **new)
    with pytest.raises(errors.OutageUnknown):
        end(Outage(pk=0), supervisor)


def test_it_is_said_before_a_report_is_made(
    report_at: Callable[..., Report],
    declare: Callable[..., Outage],
    conversation: Conversation,
) -> None:
    parent = report_at(address="1 cours Foch")
    at = timezone.now() + timedelta(hours=3)
    declare(parent, message_en="The whole quarter is dark.", expected_end=at)

    def similar(commune: str) -> list[dict[str, Any]]:
        answer = Client().post(
            "/api/v1/reports/similar",
            {
                "category": "street_light_out",
                "commune": commune,
                "address": "80 avenue de Verdun",
                "conversation": str(conversation.pk),
            },
            content_type="application/json",
            headers={"Authorization": BEARER},
        )
        assert answer.status_code == 200, answer.content
        return list(answer.json())

    (found,) = similar("Aubagne")
    assert found["reference"] == parent.reference_display
    assert (found["can_support"], found["people"], found["relation"]) == (True, 1, "")
    assert "cours Foch" not in found["label"]
    assert found["outage"]["message_fr"] == TOLD
    assert found["outage"]["message_en"] == "The whole quarter is dark."
    assert found["outage"]["expected_end"] is not None
    assert similar("Cassis") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_what_comes_in_while_it_ends_is_part_of_no_ended_outage(
    report_at: Callable[..., Report], declare: Callable[..., Outage], supervisor: User
) -> None:
    """The intake waits for the end's lock, and then finds it over."""
    outage = declare(report_at())
    made: list[Report] = []

    def comes_in() -> None:
        try:
            made.append(report_at())
        finally:
            connection.close()

    thread = threading.Thread(target=comes_in)
    with transaction.atomic():
        end(outage, supervisor)
        thread.start()
        _until_somebody_waits()
    thread.join(timeout=30)
    assert states(*made) == [State.RECEIVED]
    assert outage_of(made[0]) is None
    assert not made[0].outage_links.exists()


def _until_somebody_waits() -> None:
    """Until another session stands before a lock of ours; PostgreSQL says so itself."""
    for _ in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), pg_sleep(0.01) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody came to wait")


def test_a_validated_report_ends_with_it_too(
    report_at: Callable[..., Report], declare: Callable[..., Outage], supervisor: User
) -> None:
    outage = declare(report_at())
    part = report_at()
    report_validate(report=part, actor=supervisor)
    end(outage, supervisor)
    assert states(part) == [State.RESOLVED]
