"""Points or none: asked once, kept in its words, taken back as easily."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agent_console.citizens.codes import phone_contact
from agent_console.citizens.consents import Said, Wish, consent_answer, consent_ask, consent_of
from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.merging import resident_merge, resident_unmerge
from agent_console.citizens.models import (
    ChannelCode,
    ConsentAnswer,
    ConsentBy,
    ContactPoint,
    Resident,
    WalletConsent,
)
from agent_console.citizens.services import wallet_assign
from agent_console.citizens.tests.given import agreed
from agent_console.collectors.errors import PointsUnwanted
from agent_console.collectors.linking import card_link
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import receive_message
from agent_console.reports.models import Report, ReportReward, ReportScreening, RewardState
from agent_console.reports.rewards import reward_synchronise
from agent_console.rights.waiting import rewards_follow
from agent_console.wallet import client as wallet
from agent_console.wallet.rewards import RewardView

pytestmark = pytest.mark.django_db
YES, NO = ConsentAnswer.AGREED, ConsentAnswer.REFUSED


def call(method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
    token = next(t for t in settings.CONSOLE_API_TOKENS if t.name == "actions")
    headers = {"Authorization": f"Bearer {token.secret}"}
    if key:
        headers["Idempotency-Key"] = key
    answer = Client().generic(
        method,
        f"/api/v1/identity{path}",
        data=json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


def say(resident: Resident, answer: ConsentAnswer, **more: Any) -> Wish:
    said = Said(answer, ChannelCode.WEB, **more)
    return consent_answer(resident_id=resident.pk, said=said).wish


def test_asked_once_and_a_repeated_turn_is_the_same_question() -> None:
    resident = Resident.objects.create()
    asked = [
        consent_ask(resident_id=resident.pk, channel=ChannelCode.SMS, key=key)
        for key in ("turn-1", "turn-1", "turn-2")
    ]
    assert asked == [True, True, False]
    assert consent_of(resident_id=resident.pk).wish is Wish.ASKED


def test_every_answer_is_kept_with_words_channel_and_who() -> None:
    resident = Resident.objects.create()
    wishes = [say(resident, answer) for answer in (NO, NO, YES, YES, NO, NO, YES)]
    assert wishes == ["refused", "refused", "agreed", "agreed", "withdrawn", "withdrawn", "agreed"]
    kept = list(WalletConsent.objects.order_by("id").values_list("answer", flat=True))
    assert kept == ["refused", "agreed", "withdrawn", "agreed"]
    say(resident, NO, by=ConsentBy.BEHALF, key="k")
    say(resident, YES)
    assert say(resident, NO, key="k") == "withdrawn"  # late: changes nothing
    assert consent_of(resident_id=resident.pk).wish is Wish.AGREED


def test_the_database_refuses_to_rewrite_it() -> None:
    agreed(Resident.objects.create())
    for statement in (
        "UPDATE citizens_walletconsent SET answer = 'refused'",
        "DELETE FROM citizens_walletconsent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_persons_answers_are_those_of_all_their_numbers() -> None:
    one, other = agreed(Resident.objects.create()), Resident.objects.create()
    say(other, NO)
    merge = resident_merge(kept_id=one.pk, merged_id=other.pk, actor=None)
    assert consent_of(resident_id=one.pk).wish is Wish.REFUSED  # the newest answer
    resident_unmerge(merge_id=merge.pk, actor=None)
    assert consent_of(resident_id=one.pk).wish is Wish.AGREED


class FakeWallet:
    def __init__(self) -> None:
        self.opened: list[uuid.UUID] = []

    def wallet_open(self, wallet_id: uuid.UUID) -> None:
        """Nothing."""

    def reward_open(self, *, evidence: uuid.UUID, **_: object) -> RewardView:
        self.opened.append(evidence)
        return RewardView(id=uuid.uuid4(), state="pending", points=10)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()
    for name in ("wallet_open", "reward_open"):
        monkeypatch.setattr(wallet, name, getattr(double, name))
    return double


def test_without_an_answer_points_wait_and_come_with_a_yes(
    report: Report, books: FakeWallet
) -> None:
    before = Report.objects.values().get()
    ReportScreening.objects.create(report=report, names_somebody=False)  # read for names already
    resident = report.resident
    assert resident is not None
    reward_synchronise(report_id=report.pk)
    reward = ReportReward.objects.get()
    assert (reward.state, reward.reward_id, books.opened) == (RewardState.WAITING, None, [])

    say(resident, NO)
    assert rewards_follow(resident_id=resident.pk) == 1
    reward_synchronise(report_id=report.pk)
    reward.refresh_from_db()
    assert (reward.state, reward.refusal_code) == (RewardState.REFUSED, "wallet_refused")
    assert books.opened == []
    assert Report.objects.values().get() == before  # no field, no deadline
    with pytest.raises(ConsentMissing):
        wallet_assign(resident_id=resident.pk)

    say(resident, YES)
    assert rewards_follow(resident_id=resident.pk) == 1
    reward_synchronise(report_id=report.pk)
    reward.refresh_from_db()
    assert (reward.state, books.opened) == (RewardState.PENDING, [reward.evidence])

    say(resident, NO)  # promised before: it stays
    assert rewards_follow(resident_id=resident.pk) == 0


def test_a_card_is_linked_once_they_want_points(
    settings: Any, make_user: Callable[..., User]
) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {"demo": "s" * 40}
    agent, resident = make_user("camille", "collectors.link_card"), Resident.objects.create()
    card: dict[str, Any] = {
        "collector": "demo",
        "number": "AB123456",
        "resident": resident,
        "actor": agent,
    }
    with pytest.raises(PointsUnwanted):
        card_link(**card)
    card_link(**card, has_agreed=True)
    record = WalletConsent.objects.get()
    assert (record.by, record.channel, record.actor) == ("operator", "phone", agent)


def test_the_dialogue_asks_and_keeps(conversation: Conversation) -> None:
    path = f"/{conversation.pk}/consent"
    status, known = call("GET", path)
    assert (status, known["wish"], known["at"]) == (200, "unasked", None)
    assert call("POST", f"{path}/question")[0] == 422  # no key
    status, question = call("POST", f"{path}/question", key="t1")
    assert (status, question["is_due"], question["wish"]) == (200, True, "asked")
    assert "15" in question["question"]
    assert call("POST", f"{path}/question", key="t2")[1]["is_due"] is False
    assert call("PUT", path, {"answer": "maybe"}, key="t3")[0] == 422
    assert call("PUT", path, {"answer": "yes"}, key="t3")[1]["wish"] == "agreed"
    assert call("PUT", path, {"answer": "no", "by": "behalf"}, key="t4")[1]["wish"] == "withdrawn"
    assert WalletConsent.objects.first().by == "behalf"  # type: ignore[union-attr]
    assert call("GET", f"/{uuid.uuid4()}/consent")[0] == 404


def test_known_and_unknown_numbers_are_answered_alike(
    django_assert_max_num_queries: Any,
) -> None:
    known = phone_contact(number="06 12 34 56 78")
    resident = Resident.objects.create()
    ContactPoint.objects.filter(pk=known.pk).update(resident=resident)
    answers = []
    for number, contact in enumerate((known, phone_contact(number="06 98 76 54 32"))):
        talk = receive_message(
            contact_point=contact, external_id=f"m{number}", text="Bonjour"
        ).conversation
        answers.append(call("GET", f"/{talk.pk}/consent"))
    assert answers[0] == answers[1]
