"""Rewards that the wallet refuses, or decides by itself: mirrored, and told once."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.conversations.models import Author, Conversation, Message, Notice
from agent_console.reports import rewards, tasks
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, ReportReward, RewardState
from agent_console.reports.notices import outcome_tell
from agent_console.reports.rewards import reward_synchronise, rewards_look_up
from agent_console.reports.services import report_create
from agent_console.reports.steps import report_reject, report_validate
from agent_console.wallet import client as wallet
from agent_console.wallet.client import RewardView, WalletRefused, WalletUnavailable

REWARD = uuid.uuid4()
CAPS = ["cap_day_reached", "cap_month_reached", "cooling_off", "budget_exhausted"]

pytestmark = pytest.mark.usefixtures("everybody_agrees")


class FakeWallet:
    """One reward, as the wallet service keeps it; ``refusal`` is what opening meets."""

    def __init__(self) -> None:
        self.state = ""
        self.posts_at: datetime | None = None
        self.refusal = ""
        self.opened_as = "pending"
        self.is_away = False
        self.places: list[str] = []

    def wallet_open(self, wallet_id: uuid.UUID) -> None:
        self._answers()

    def reward_open(self, *, signals: wallet.Signals, **_: object) -> RewardView:
        self._answers()
        if self.refusal:
            raise WalletRefused(self.refusal)
        self.places.append(signals.place)
        self.state = self.state or self.opened_as
        return self._view()

    def reward_get(self, reward_id: uuid.UUID) -> RewardView:
        self._answers()
        return self._view()

    def reward_confirm(self, *, reward_id: uuid.UUID) -> RewardView:
        return self._decide("posted")

    def reward_void(self, *, reward_id: uuid.UUID, reason: str) -> RewardView:
        return self._decide("voided")

    def _decide(self, state: str) -> RewardView:
        self._answers()
        if self.state != "pending":
            raise WalletRefused("reward_not_pending")
        self.state = state
        return self._view()

    def _answers(self) -> None:
        if self.is_away:
            raise WalletUnavailable

    def _view(self) -> RewardView:
        return RewardView(id=REWARD, state=self.state, points=10, posts_at=self.posts_at)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()
    for name in ("wallet_open", "reward_open", "reward_get", "reward_confirm", "reward_void"):
        monkeypatch.setattr(wallet, name, getattr(double, name))
    return double


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user(
        "operator", "reports.view_report", "reports.validate_report", "reports.reject_report"
    )


def _told(report: Report) -> list[str]:
    found = Message.objects.filter(conversation=report.conversation, author=Author.SYSTEM)
    return list(found.order_by("seq").values_list("text", flat=True))


def _reward() -> ReportReward:
    return ReportReward.objects.get()


def _run(report: Report) -> None:
    """What the worker does after any cause, twice."""
    for _ in range(2):
        reward_synchronise(report_id=report.id)
        outcome_tell(report_id=report.id)


@pytest.mark.parametrize("code", CAPS)
def test_a_refusal_is_told_in_words_and_leaves_the_report_alone(
    report: Report, operator: User, service: FakeWallet, client: Client, code: str
) -> None:
    service.refusal = code
    _run(report)
    assert (_reward().state, _reward().refusal_code) == (RewardState.REFUSED, code)
    (notice,) = _told(report)
    assert report.reference_display in notice
    assert "est bien pris en compte" in notice
    assert code not in notice
    client.force_login(operator)
    page = client.get(f"/console/reports/{report.reference}/").text
    assert "Le citoyen le sait" in page
    assert "Prévenez un superviseur" not in page
    report_validate(report=report, actor=operator)
    _run(report)
    assert len(_told(report)) == 2
    assert "est validé" in _told(report)[1]
    assert "points" not in _told(report)[1]


def test_the_four_reasons_read_differently(
    report: Report, service: FakeWallet, conversation: Conversation
) -> None:
    for code in CAPS:
        ReportReward.objects.update(state=RewardState.WAITING, refusal_code="")
        Notice.objects.all().delete()
        Message.objects.filter(author=Author.SYSTEM).delete()
        Notice.objects.all().delete()
        service.refusal = code
        reward_synchronise(report_id=report.id)
        service.places.append(_told(report)[0])
    assert len(set(service.places)) == len(CAPS)


def test_a_refusal_that_is_our_fault_is_not_told(report: Report, service: FakeWallet) -> None:
    service.refusal = "evidence_already_rewarded"
    _run(report)
    assert _reward().state == RewardState.REFUSED
    assert _told(report) == []


def test_record_and_notice_commit_together(report: Report, service: FakeWallet) -> None:
    service.refusal = "cap_day_reached"
    with (
        patch.object(rewards, "notice_send", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        reward_synchronise(report_id=report.id)
    assert _reward().state == RewardState.WAITING
    _run(report)
    assert len(_told(report)) == 1


def test_a_reward_that_posts_at_once_is_told_once(
    report: Report, operator: User, service: FakeWallet
) -> None:
    service.opened_as = "posted"
    _run(report)
    assert _reward().state == RewardState.POSTED
    (notice,) = _told(report)
    assert "10\u00a0points" in notice.replace(" points", "\u00a0points")
    report_validate(report=report, actor=operator)
    _run(report)
    assert len(_told(report)) == 2
    assert "points" not in _told(report)[1], "they were told of already"


def test_a_reward_that_posted_by_itself_is_seen_and_told_once(
    report: Report, service: FakeWallet
) -> None:
    service.posts_at = timezone.now() + timedelta(days=7)
    _run(report)
    reward = _reward()
    assert reward.state == RewardState.PENDING
    assert reward.look_at is not None
    assert timedelta(0) < reward.look_at - service.posts_at < timedelta(hours=1)
    assert rewards_look_up(now=timezone.now(), limit=10) == 0
    later = service.posts_at + timedelta(hours=1)
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert rewards_look_up(now=later, limit=10) == 1
    assert rewards_look_up(now=later, limit=10) == 0, "one job each"
    service.state = "posted"
    _run(report)
    assert _reward().state == RewardState.POSTED
    (notice,) = _told(report)
    assert "ont été ajoutés à votre solde" in notice


def test_a_reward_under_review_is_looked_at_ever_later(report: Report, service: FakeWallet) -> None:
    waits = []
    for past in (timedelta(minutes=1), timedelta(hours=5), timedelta(days=40)):
        service.posts_at = datetime.now(UTC) - past
        reward_synchronise(report_id=report.id)
        look_at = _reward().look_at
        assert look_at is not None
        waits.append(round((look_at - timezone.now()).total_seconds() / 900))
    assert waits == [1, 20, 96]


def test_a_fraud_that_the_wallet_voided_earns_nothing(
    report: Report, operator: User, service: FakeWallet
) -> None:
    _run(report)
    service.state = "voided"
    report_validate(report=report, actor=operator)
    _run(report)
    assert _reward().state == RewardState.VOIDED
    (notice,) = _told(report)
    assert "points" not in notice


def test_a_report_rejected_after_its_points_came_keeps_them_until_corrected(
    report: Report, operator: User, service: FakeWallet, client: Client
) -> None:
    _run(report)
    service.state = "posted"
    report_reject(report=report, actor=operator, reason="Voie privée")
    _run(report)
    assert _reward().state == RewardState.POSTED
    assert len(_told(report)) == 1
    client.force_login(operator)
    page = client.get(f"/console/reports/{report.reference}/").text
    assert "avaient déjà été versés" in page
    assert "Un superviseur peut proposer" in page


def test_looking_is_bounded_and_goes_on_while_the_wallet_is_away(
    report: Report, service: FakeWallet, conversation: Conversation
) -> None:
    for number in range(5):
        report_create(
            intake_key=f"test:{number}",
            intake=Intake(
                conversation=conversation,
                category_code="pothole",
                address=f"{number} rue Paradis",
                commune="Marseille",
                place="",
                description="",
            ),
        )
    now = timezone.now()
    ReportReward.objects.update(state=RewardState.PENDING, look_at=now, reward_id=REWARD)
    assert rewards_look_up(now=now, limit=4) == 4
    assert rewards_look_up(now=now, limit=4) == 2
    assert rewards_look_up(now=now, limit=4) == 0
    service.is_away = True
    with pytest.raises(WalletUnavailable):
        reward_synchronise(report_id=report.id)
    service.is_away, service.state = False, "posted"
    reward_synchronise(report_id=report.id)
    assert ReportReward.objects.get(report=report).state == RewardState.POSTED


def test_the_periodic_job_looks(report: Report, service: FakeWallet) -> None:
    now = timezone.now()
    ReportReward.objects.update(state=RewardState.PENDING, look_at=now, reward_id=REWARD)
    before = ProcrastinateJob.objects.count()
    with patch.object(connections, "close_all"):
        tasks.rewards_look_up(0)
    assert ProcrastinateJob.objects.count() == before + 1


def test_the_runtime_role_looks_mirrors_and_tells(report: Report, service: FakeWallet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        reward_synchronise(report_id=report.id)
        service.state = "posted"
        ReportReward.objects.update(look_at=timezone.now())
        assert rewards_look_up(now=timezone.now(), limit=1) == 1
        reward_synchronise(report_id=report.id)
        cursor.execute("RESET ROLE")
    assert _reward().state == RewardState.POSTED


def test_a_place_is_recognised_however_it_is_spelled_and_says_nothing(
    metropolis: None, conversation: Conversation, service: FakeWallet
) -> None:
    for number, address in enumerate(["12 rue Paradis", "12, RUE  paradis", "14 rue Paradis"]):
        made = report_create(
            intake_key=f"test:{number}",
            intake=Intake(
                conversation=conversation,
                category_code="pothole",
                address=address,
                commune="Marseille",
            ),
        )
        reward_synchronise(report_id=made.id)
    same, again, other = service.places
    assert same == again != other
    assert len(bytes.fromhex(same)) == 32
