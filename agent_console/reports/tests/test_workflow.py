"""The life of a report, its history and its reward."""

import uuid
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from agent_console.conversations.models import Author, Message
from agent_console.reports.errors import PermissionMissing, ReasonMissing, TransitionRefused
from agent_console.reports.models import Report, ReportReward, RewardState, Transition
from agent_console.reports.notices import outcome_tell
from agent_console.reports.rewards import reward_synchronise
from agent_console.reports.steps import report_reject, report_validate
from agent_console.reports.workflow import State
from agent_console.wallet import client as wallet
from agent_console.wallet.client import RewardView

REWARD = uuid.uuid4()


class FakeWallet:
    """Remembers what was asked; answers like the wallet service does."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failures: list[Exception] = []

    def _answer(self, call: str, state: str) -> RewardView:
        if self.failures:
            raise self.failures.pop(0)
        self.calls.append(call)
        return RewardView(id=REWARD, state=state, points=10)

    def wallet_open(self, wallet_id: uuid.UUID) -> None:
        self.calls.append(f"wallet {wallet_id}")

    def reward_open(self, *, rule: str, **_: object) -> RewardView:
        return self._answer(f"open {rule}", "pending")

    def reward_get(self, reward_id: uuid.UUID) -> RewardView:
        return self._answer("get", "pending")

    def reward_confirm(self, *, reward_id: uuid.UUID) -> RewardView:
        return self._answer("confirm", "posted")

    def reward_void(self, *, reward_id: uuid.UUID, reason: str) -> RewardView:
        return self._answer(f"void {reason}", "voided")


@pytest.fixture
def wallet_double(everybody_agrees: None, monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()
    for name in ("wallet_open", "reward_open", "reward_get", "reward_confirm", "reward_void"):
        monkeypatch.setattr(wallet, name, getattr(double, name))
    return double


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operator", "reports.validate_report", "reports.reject_report")


def _notices(report: Report) -> list[str]:
    found = Message.objects.filter(conversation=report.conversation, author=Author.SYSTEM)
    return list(found.values_list("text", flat=True))


def test_a_validated_report_posts_its_reward_and_tells_the_citizen_once(
    report: Report, operator: User, wallet_double: FakeWallet
) -> None:
    reward_synchronise(report_id=report.id)
    assert ReportReward.objects.get().state == RewardState.PENDING
    report_validate(report=report, actor=operator)
    for _ in range(2):
        reward_synchronise(report_id=report.id)
        outcome_tell(report_id=report.id)
    resident = Report.objects.get().resident
    assert resident is not None
    assert wallet_double.calls == [
        f"wallet {resident.wallet_id}",
        "open report.pothole",
        "confirm",
    ]
    assert ReportReward.objects.get().state == RewardState.POSTED
    (notice,) = _notices(report)
    assert report.reference_display in notice
    assert "10 points" in notice


def test_a_rejected_report_voids_its_reward_and_gives_the_reason(
    report: Report, operator: User, wallet_double: FakeWallet
) -> None:
    report_reject(report=report, actor=operator, reason="Voie privée : voir le syndic")
    reward_synchronise(report_id=report.id)
    outcome_tell(report_id=report.id)
    assert wallet_double.calls[-1] == "void report_rejected"
    assert ReportReward.objects.get().state == RewardState.VOIDED
    assert "Voie privée : voir le syndic" in _notices(report)[0]


def test_the_wallet_being_away_loses_nothing(
    report: Report, operator: User, wallet_double: FakeWallet
) -> None:
    report_validate(report=report, actor=operator)
    wallet_double.failures = [wallet.WalletUnavailable(), wallet.WalletUnavailable()]
    for _ in range(2):
        with pytest.raises(wallet.WalletUnavailable):
            reward_synchronise(report_id=report.id)
    reward_synchronise(report_id=report.id)
    assert ReportReward.objects.get().state == RewardState.POSTED


def test_a_refusal_of_the_wallet_is_kept_with_its_code(
    report: Report, wallet_double: FakeWallet
) -> None:
    wallet_double.failures = [wallet.WalletRefused("evidence_already_rewarded")]
    reward_synchronise(report_id=report.id)
    reward = ReportReward.objects.get()
    assert (reward.state, reward.refusal_code) == (RewardState.REFUSED, "evidence_already_rewarded")


def test_a_report_is_decided_once(report: Report, operator: User) -> None:
    report_validate(report=report, actor=operator)
    with pytest.raises(TransitionRefused) as refused:
        report_reject(report=report, actor=operator, reason="trop tard")
    assert "Validé" in refused.value.message
    states = Transition.objects.values_list("from_state", "to_state", "actor__username")
    assert list(states) == [("", "received", None), ("received", "qualified", "operator")]


def test_a_rejection_needs_a_reason(report: Report, operator: User) -> None:
    with pytest.raises(ReasonMissing):
        report_reject(report=report, actor=operator, reason="  ")
    assert Report.objects.get().state == State.RECEIVED


def test_an_account_without_the_permission_decides_nothing(
    report: Report, make_user: Callable[..., User]
) -> None:
    with pytest.raises(PermissionMissing):
        report_validate(report=report, actor=make_user("visitor"))
    assert Report.objects.get().state == State.RECEIVED


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("mdmp_console_owner", "UPDATE reports_transition SET reason = 'x'"),
        ("mdmp_console_owner", "DELETE FROM reports_transition"),
        ("mdmp_console_runtime", "UPDATE reports_transition SET reason = 'x'"),
        ("mdmp_console_runtime", "DELETE FROM reports_transition"),
        ("mdmp_console_runtime", "TRUNCATE reports_transition"),
        ("mdmp_console_runtime", "DROP TABLE reports_transition"),
    ],
)
def test_the_history_cannot_be_rewritten(report: Report, statement: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")
    assert Transition.objects.count() == 1


def test_state_history_and_job_commit_together(report: Report, operator: User) -> None:
    with (
        patch("agent_console.reports.queue.enqueue_outcome", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        report_validate(report=report, actor=operator)
    assert Report.objects.get().state == State.RECEIVED
    assert Transition.objects.count() == 1
