"""The whole life of a report: the table, who may do what, reopening, rewards, feedback."""

import json
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.models import Conversation, Message
from agent_console.conversations.services import receive_message
from agent_console.reports import errors, feedback, services, steps
from agent_console.reports.intake import Intake
from agent_console.reports.models import Feedback, Report, ReportReward, RewardState
from agent_console.reports.notices import outcome_tell
from agent_console.reports.outages import CLOSE
from agent_console.reports.rewards import reward_synchronise
from agent_console.reports.tests.test_workflow import FakeWallet
from agent_console.reports.workflow import CLOSED, OPEN, STEPS, State
from agent_console.wallet import client as wallet

ALL = [
    "reports.validate_report",
    "reports.reject_report",
    "reports.assign_report",
    "reports.work_report",
    "reports.reopen_report",
    "reports.recategorise_report",
]


@pytest.fixture
def chief(make_user: Callable[..., User]) -> User:
    return make_user("chief", *ALL)


@pytest.fixture
def wallet_double(everybody_agrees: None, monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()
    for name in ("wallet_open", "reward_open", "reward_get", "reward_confirm", "reward_void"):
        monkeypatch.setattr(wallet, name, getattr(double, name))
    return double


def _another(conversation: Conversation, key: str = "test:other") -> Report:
    intake = Intake(
        conversation=conversation,
        category_code="pothole",
        address="14 rue Paradis",
        commune="Marseille",
    )
    return services.report_create(intake_key=key, intake=intake)


def _act(action: str, report: Report, actor: User, other: Report) -> Report:
    """Take the step ``action`` with all that it needs."""
    match action:
        case "assign":
            return steps.report_assign(report=report, actor=actor, service_code="eau")
        case "mark_duplicate":
            return steps.report_mark_duplicate(report=report, actor=actor, original_id=other.id)
        case "reject" | "decline":
            take = getattr(steps, f"report_{action}")
            return take(report=report, actor=actor, reason_code="nothing_found")  # type: ignore[no-any-return]
        case "reopen" | "wrong_service":
            take = getattr(steps, f"report_{action}")
            return take(report=report, actor=actor, reason="Toujours là")  # type: ignore[no-any-return]
        case _:
            take = getattr(steps, f"report_{action}")
            return take(report=report, actor=actor)  # type: ignore[no-any-return]


# The end of an outage is no step of a single report: ``test_outages.py``.
AGENTS_STEPS = [action for action, step in STEPS.items() if step.permission and action != CLOSE]


@pytest.mark.parametrize("action", AGENTS_STEPS)
def test_each_step_is_taken_from_its_states_and_from_no_other(
    report: Report, conversation: Conversation, chief: User, action: str
) -> None:
    other = _another(conversation)
    step = STEPS[action]
    if action == "resume":  # only what was closed and reopened
        report.transitions.create(from_state="resolved", to_state="qualified", action="dispute")
    for state in State:
        closed_at = timezone.now() if state in CLOSED else None
        Report.objects.filter(pk=report.pk).update(
            state=state, closed_at=closed_at, duplicate_of=None
        )
        count = report.transitions.count()
        if state not in step.sources:
            with pytest.raises(errors.TransitionRefused) as refused:
                _act(action, report, chief, other)
            assert state.label in refused.value.message
            assert report.transitions.count() == count
            continue
        taken = _act(action, report, chief, other)
        assert taken.state == step.target
        assert (taken.closed_at is not None) == (step.target in CLOSED)
        last = report.transitions.last()
        assert last is not None
        assert (last.from_state, last.to_state, last.action) == (state, step.target, action)
        assert last.actor == chief


@pytest.mark.parametrize("action", AGENTS_STEPS)
def test_no_step_is_taken_without_its_permission(
    report: Report, conversation: Conversation, make_user: Callable[..., User], action: str
) -> None:
    step = STEPS[action]
    Report.objects.filter(pk=report.pk).update(state=min(step.sources))
    others = [code for code in ALL if code != step.permission]
    with pytest.raises(errors.PermissionMissing):
        _act(action, report, make_user("colleague", *others), _another(conversation))
    report.refresh_from_db()
    assert report.state == min(step.sources)


def test_every_state_is_open_or_closed_and_can_be_reached() -> None:
    assert set(State) == OPEN | CLOSED
    assert {step.target for step in STEPS.values()} | {State.RECEIVED} == set(State)


def test_a_service_is_chosen_and_given_back(report: Report, chief: User) -> None:
    steps.report_validate(report=report, actor=chief)
    with pytest.raises(errors.ServiceUnknown):
        steps.report_assign(report=report, actor=chief, service_code="nobody")
    taken = steps.report_assign(report=report, actor=chief, service_code="eau")
    assert taken.assigned_to_id == "eau"
    with pytest.raises(errors.ReasonMissing):
        steps.report_wrong_service(report=taken, actor=chief, reason=" ")
    back = steps.report_wrong_service(report=taken, actor=chief, reason="C’est la voirie")
    assert back.state == State.QUALIFIED


@pytest.mark.parametrize(("code", "reason"), [("other", ""), ("invented", "x"), ("", "")])
def test_a_rejection_says_why(report: Report, chief: User, code: str, reason: str) -> None:
    with pytest.raises(errors.ReasonMissing):
        steps.report_reject(report=report, actor=chief, reason=reason, reason_code=code)


def test_duplicates_make_no_chains(report: Report, conversation: Conversation, chief: User) -> None:
    other, third = _another(conversation), _another(conversation, "test:third")
    with pytest.raises(errors.DuplicateRefused):
        steps.report_mark_duplicate(report=report, actor=chief, original_id=report.id)
    taken = steps.report_mark_duplicate(report=report, actor=chief, original_id=other.id)
    assert taken.duplicate_of == other
    with pytest.raises(errors.DuplicateRefused):
        steps.report_mark_duplicate(report=third, actor=chief, original_id=report.id)
    with pytest.raises(errors.DuplicateRefused):
        steps.report_mark_duplicate(report=other, actor=chief, original_id=third.id)
    with pytest.raises(errors.ReportUnknown):
        steps.report_mark_duplicate(report=third, actor=chief, original_id=conversation.id)
    again = steps.report_reopen(report=report, actor=chief, reason="Pas le même trou")
    assert again.duplicate_of is None


def test_a_report_is_reopened_within_its_days_only(report: Report, chief: User) -> None:
    steps.report_reject(report=report, actor=chief, reason_code="unclear")
    Report.objects.update(closed_at=timezone.now() - timedelta(days=29, hours=23))
    reopened = steps.report_reopen(report=report, actor=chief, reason="Photo reçue")
    assert (reopened.state, reopened.closed_at) == (State.QUALIFIED, None)
    steps.report_decline(report=report, actor=chief, reason_code="unclear")
    Report.objects.update(closed_at=timezone.now() - timedelta(days=30, minutes=1))
    with pytest.raises(errors.ReopenTooLate) as refused:
        steps.report_reopen(report=report, actor=chief, reason="Encore")
    assert "30 jours" in refused.value.message


def _settle(report: Report) -> list[str]:
    """What the worker does after any cause, twice; the notices so far."""
    for _ in range(2):
        reward_synchronise(report_id=report.id)
        outcome_tell(report_id=report.id)
    found = Message.objects.filter(conversation=report.conversation, author="system")
    return list(found.order_by("seq").values_list("text", flat=True))


def test_each_step_is_told_once_and_the_points_come_once(
    report: Report, chief: User, wallet_double: FakeWallet
) -> None:
    steps.report_validate(report=report, actor=chief)
    steps.report_assign(report=report, actor=chief, service_code="voirie")
    steps.report_start(report=report, actor=chief)
    steps.report_resolve(report=report, actor=chief, reason="Trou rebouché")
    told = _settle(report)
    assert len(told) == 4
    assert "Voirie" in told[1]
    assert "Trou rebouché" in told[3]
    assert told[3].endswith("C’est réglé\u00a0?")
    assert wallet_double.calls.count("confirm") == 1
    steps.report_reopen(report=report, actor=chief, reason="Pas fini")
    steps.report_assign(report=report, actor=chief, service_code="voirie")
    steps.report_resolve(report=report, actor=chief)
    told = _settle(report)
    assert len(told) == 7, "the second time is news again"
    assert wallet_double.calls.count("confirm") == 1


@pytest.mark.parametrize(
    ("action", "reason"), [("reject", "report_rejected"), ("mark_duplicate", "report_duplicate")]
)
def test_a_void_names_its_reason_and_reopening_doubles_nothing(
    report: Report,
    conversation: Conversation,
    chief: User,
    wallet_double: FakeWallet,
    action: str,
    reason: str,
) -> None:
    reward_synchronise(report_id=report.id)
    _act(action, report, chief, _another(conversation))
    _settle(report)
    assert f"void {reason}" in wallet_double.calls
    steps.report_reopen(report=report, actor=chief, reason="Erreur")
    steps.report_assign(report=report, actor=chief, service_code="voirie")
    steps.report_resolve(report=report, actor=chief)
    _settle(report)
    assert ReportReward.objects.get(report=report).state == RewardState.VOIDED
    assert "confirm" not in wallet_double.calls
    assert sum(call.startswith("open ") for call in wallet_double.calls) == 1


def test_an_english_speaker_is_told_in_english(
    report: Report, chief: User, wallet_double: FakeWallet
) -> None:
    Conversation.objects.update(locale="en")
    steps.report_reject(report=report, actor=chief, reason_code="private_ground")
    (told,) = _settle(report)
    assert "the problem is on private ground" in told
    assert "Motif" not in told


def test_in_french_the_chosen_reason_and_the_words_stand_together(
    report: Report, chief: User, wallet_double: FakeWallet
) -> None:
    steps.report_reject(
        report=report, actor=chief, reason_code="private_ground", reason="Voir le syndic"
    )
    (told,) = _settle(report)
    assert "le problème est sur un terrain privé – Voir le syndic" in told


# --- "C'est réglé ?"


@pytest.fixture
def resolved(report: Report, chief: User) -> Report:
    steps.report_validate(report=report, actor=chief)
    steps.report_assign(report=report, actor=chief, service_code="voirie")
    return steps.report_resolve(report=report, actor=chief)


def _answer(client: Client, report: Report, body: dict[str, object]):  # type: ignore[no-untyped-def]
    return client.post(
        f"/api/v1/reports/{report.reference_display}/feedback",
        json.dumps({"conversation": str(report.conversation_id)} | body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"},
    )


def test_the_question_comes_with_its_answers(resolved: Report, wallet_double: FakeWallet) -> None:
    _settle(resolved)
    asked = Message.objects.filter(author="system").latest("seq")
    assert [button["title"] for button in asked.buttons] == ["Oui, c’est réglé", "Non, pas encore"]
    assert all(resolved.reference_display in button["payload"] for button in asked.buttons)
    earlier = Message.objects.filter(author="system").exclude(pk=asked.pk)
    assert all(message.buttons == [] for message in earlier)


def test_no_reopens_once_and_yes_is_kept(client: Client, resolved: Report) -> None:
    assert _answer(client, resolved, {"is_solved": True}).json()["is_open"] is False
    for _ in range(2):
        answer = _answer(client, resolved, {"is_solved": False, "comment": "Toujours là"})
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["is_open"]) == ("qualified", True)
    assert list(Feedback.objects.values_list("is_solved", "comment")) == [
        (True, ""),
        (False, "Toujours là"),
    ]
    last = resolved.transitions.last()
    assert last is not None
    assert (last.action, last.reason, last.actor) == ("dispute", "Toujours là", None)


def test_a_stranger_learns_and_changes_nothing(client: Client, resolved: Report) -> None:
    contact = web_contact_open(token=web_token_new())
    stranger = receive_message(contact_point=contact, external_id="x:1", text="Non").conversation
    answer = _answer(client, resolved, {"is_solved": False, "conversation": str(stranger.id)})
    assert (answer.status_code, answer.json()["code"]) == (404, "report_unknown")
    resolved.refresh_from_db()
    assert resolved.state == State.RESOLVED


def test_the_same_person_answers_by_another_channel(client: Client, resolved: Report) -> None:
    contact = web_contact_open(token=web_token_new())
    other = receive_message(contact_point=contact, external_id="x:1", text="Non").conversation
    contact.resident = resolved.resident
    contact.save()
    answer = _answer(client, resolved, {"is_solved": False, "conversation": str(other.id)})
    assert answer.json()["is_open"] is True


def test_no_after_too_long_asks_for_a_new_report(client: Client, resolved: Report) -> None:
    Report.objects.update(closed_at=timezone.now() - timedelta(days=31))
    answer = _answer(client, resolved, {"is_solved": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "reopen_too_late")
    assert not Feedback.objects.exists(), "what is refused leaves no trace"


def test_answer_and_reopening_commit_together(client: Client, resolved: Report) -> None:
    assert resolved.conversation is not None
    with (
        patch("agent_console.reports.queue.enqueue_outcome", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        feedback.report_feedback(
            reference=resolved.reference, conversation=resolved.conversation, is_solved=False
        )
    assert not Feedback.objects.exists()
    resolved.refresh_from_db()
    assert resolved.state == State.RESOLVED


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"is_solved": "non"}, 422), ({"is_solved": True, "extra": 1}, 422)],
)
def test_a_bad_answer_is_refused(
    client: Client, resolved: Report, body: dict[str, object], status: int
) -> None:
    assert _answer(client, resolved, body).status_code == status
