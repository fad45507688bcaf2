"""What supporters earn: promised at joining, posted or dropped with the report, told in words."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.conversations.models import Conversation, QuietHours
from agent_console.reports import steps
from agent_console.reports.models import Category, Report, RewardState, Support, SupportReward
from agent_console.reports.support_rewards import reward_synchronise, rewards_enqueue
from agent_console.reports.supporters import report_support, report_unsupport
from agent_console.reports.tests.test_supporters import another, told, visitor
from agent_console.wallet import client as wallet
from agent_console.wallet.client import RewardView, WalletRefused, WalletUnavailable

pytestmark = pytest.mark.usefixtures("everybody_agrees")


class FakeWallet:
    """Rewards by evidence, as the wallet service keeps them."""

    def __init__(self) -> None:
        self.state: dict[uuid.UUID, str] = {}
        self.calls: list[str] = []
        self.opened: list[dict[str, Any]] = []
        self.failure: Exception | None = None

    def wallet_open(self, wallet_id: uuid.UUID) -> None:
        self._answers()

    def reward_open(self, **asked: Any) -> RewardView:
        self._answers()
        self.opened.append(asked)
        self.state.setdefault(asked["evidence"], "pending")
        return self._view(asked["evidence"])

    def reward_get(self, reward_id: uuid.UUID) -> RewardView:
        return self._view(reward_id)

    def reward_confirm(self, *, reward_id: uuid.UUID) -> RewardView:
        return self._decide(reward_id, "posted")

    def reward_void(self, *, reward_id: uuid.UUID, reason: str) -> RewardView:
        self.calls.append(reason)
        return self._decide(reward_id, "voided")

    def _decide(self, reward_id: uuid.UUID, state: str) -> RewardView:
        self._answers()
        if self.state[reward_id] != "pending":
            raise WalletRefused("reward_not_pending")
        self.state[reward_id] = state
        return self._view(reward_id)

    def _answers(self) -> None:
        if self.failure is not None:
            raise self.failure

    def _view(self, reward_id: uuid.UUID) -> RewardView:
        return RewardView(id=reward_id, state=self.state[reward_id], points=2)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()
    for name in ("wallet_open", "reward_open", "reward_get", "reward_confirm", "reward_void"):
        monkeypatch.setattr(wallet, name, getattr(double, name))
    return double


@pytest.fixture
def chief(make_user: Callable[..., User]) -> User:
    steps = ("validate", "reject", "assign", "work", "reopen")
    return make_user("chief", *(f"reports.{step}_report" for step in steps))


@pytest.fixture(autouse=True)
def _never_quiet(db: None) -> None:
    QuietHours.objects.create(silent_channels=["web"])


@pytest.fixture
def neighbour(db: None) -> Conversation:
    return visitor()


@pytest.fixture
def support(report: Report, neighbour: Conversation) -> Support:
    return report_support(report=report, conversation=neighbour, key="k:1")


def _run(support: Support) -> SupportReward:
    """What the worker does after any cause, twice."""
    for _ in range(2):
        reward_synchronise(support_id=support.pk)
    return SupportReward.objects.get(support=support)


def test_promised_at_joining_and_posted_when_the_report_is_confirmed(
    support: Support, neighbour: Conversation, service: FakeWallet, chief: User
) -> None:
    reward = _run(support)
    assert (reward.state, reward.points) == (RewardState.PENDING, 2)
    (asked,) = service.opened
    assert asked == {
        "wallet_id": asked["wallet_id"],
        "rule": "report.support",
        "evidence": reward.evidence,
        "channel": "web",
    }
    assert str(support.report_id) not in str(asked)
    steps.report_validate(report=support.report, actor=chief)
    assert _run(support).state == RewardState.POSTED
    (notice,) = told(neighbour)
    assert "2 points ont été ajoutés" in notice.replace("\u00a0", " ")
    assert "votre soutien au signalement" in notice


def test_dropped_when_the_report_is_rejected(
    support: Support, service: FakeWallet, chief: User, neighbour: Conversation
) -> None:
    _run(support)
    steps.report_reject(report=support.report, actor=chief, reason_code="abuse")
    assert _run(support).state == RewardState.VOIDED
    assert service.calls == ["report_rejected"]
    assert told(neighbour) == []


def test_rejected_before_the_wallet_heard_of_it(
    support: Support, service: FakeWallet, chief: User
) -> None:
    steps.report_reject(report=support.report, actor=chief, reason_code="abuse")
    assert _run(support).state == RewardState.VOIDED
    assert service.opened == []


def test_withdrawn_before_it_is_confirmed_earns_nothing_afterwards_neither(
    report: Report, support: Support, neighbour: Conversation, service: FakeWallet, chief: User
) -> None:
    _run(support)
    report_unsupport(report=report, conversation=neighbour)
    assert _run(support).state == RewardState.VOIDED
    assert service.calls == ["support_withdrawn"]
    report_support(report=report, conversation=neighbour, key="k:2")
    steps.report_validate(report=report, actor=chief)
    assert _run(support).state == RewardState.VOIDED


def test_points_that_came_stay_when_somebody_leaves(
    report: Report, support: Support, neighbour: Conversation, service: FakeWallet, chief: User
) -> None:
    steps.report_validate(report=report, actor=chief)
    assert _run(support).state == RewardState.POSTED
    report_unsupport(report=report, conversation=neighbour)
    assert _run(support).state == RewardState.POSTED


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("cap_day_reached", "Le compteur repart demain"),
        ("cap_month_reached", "le 1er du mois prochain"),
        ("cooling_off", "trop récente"),
        ("budget_exhausted", "budget de la campagne"),
    ],
)
def test_caps_are_told_in_words_and_the_support_goes_on(
    support: Support, neighbour: Conversation, service: FakeWallet, code: str, words: str
) -> None:
    service.failure = WalletRefused(code)
    reward = _run(support)
    assert (reward.state, reward.refusal_code) == (RewardState.REFUSED, code)
    (notice,) = told(neighbour)
    assert "Vous suivez bien le signalement" in notice
    assert words in notice
    support.refresh_from_db()
    assert support.ended_at is None


def test_a_refusal_that_is_our_fault_is_not_told(
    support: Support, neighbour: Conversation, service: FakeWallet
) -> None:
    service.failure = WalletRefused("rule_unknown")
    assert _run(support).state == RewardState.REFUSED
    assert told(neighbour) == []


def test_the_wallet_being_away_loses_nothing(
    support: Support, service: FakeWallet, chief: User
) -> None:
    service.failure = WalletUnavailable()
    with pytest.raises(WalletUnavailable):
        reward_synchronise(support_id=support.pk)
    service.failure = None
    steps.report_validate(report=support.report, actor=chief)
    assert _run(support).state == RewardState.POSTED


def test_a_fraud_that_the_wallet_voided_holds(
    support: Support, service: FakeWallet, chief: User
) -> None:
    reward = _run(support)
    service.state[reward.evidence] = "voided"
    steps.report_validate(report=support.report, actor=chief)
    assert _run(support).state == RewardState.VOIDED


def test_following_what_is_confirmed_already_earns_nothing(
    report: Report, neighbour: Conversation, chief: User
) -> None:
    steps.report_validate(report=report, actor=chief)
    report_support(report=report, conversation=neighbour, key="k:1")
    assert not SupportReward.objects.exists()


def test_a_category_without_reward_pays_no_supporter(
    report: Report, neighbour: Conversation
) -> None:
    Category.objects.filter(pk=report.category_id).update(reward_points=0)
    report_support(report=report, conversation=neighbour, key="k:1")
    assert not SupportReward.objects.exists()


def test_the_author_of_a_duplicate_earns_as_a_supporter(
    report: Report, neighbour: Conversation, service: FakeWallet, chief: User
) -> None:
    steps.report_validate(report=report, actor=chief)
    double = another(neighbour)
    steps.report_mark_duplicate(report=double, actor=chief, original_id=report.pk)
    assert _run(Support.objects.get(report=report)).state == RewardState.POSTED


def test_each_supporter_is_settled_by_a_job_of_their_own(report: Report) -> None:
    for number in range(3):
        report_support(report=report, conversation=visitor(), key=f"k:{number}")
    SupportReward.objects.filter(support__changes__key="k:0").update(state=RewardState.POSTED)
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert rewards_enqueue(report_id=report.pk) == 2
    jobs = ProcrastinateJob.objects.filter(task_name="reports.support_reward")
    assert jobs.count() == 2
    assert all(set(job.args) == {"support_id"} for job in jobs)
