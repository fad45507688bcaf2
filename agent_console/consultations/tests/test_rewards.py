"""The wallet is asked once for each vote, the same whatever was voted."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent_console.citizens.tests.given import with_wallet
from agent_console.consultations.models import Consultation, RewardState, VoteReward
from agent_console.consultations.rewards import RULE, reward_synchronise, rewards_again
from agent_console.consultations.tests.conftest import vote
from agent_console.wallet import client as wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the wallet is asked; it posts 5 points."""
    found: list[dict[str, Any]] = []

    def open_reward(**said: Any) -> wallet.RewardView:
        found.append(said)
        return wallet.RewardView(id=uuid.uuid4(), state="posted", points=5)

    monkeypatch.setattr(wallet, "wallet_open", lambda wallet_id: None)
    monkeypatch.setattr(wallet, "reward_open", open_reward)
    return found


def _voted(consultation: Consultation, place: int) -> VoteReward:
    resident = with_wallet()
    vote(consultation, resident, place)
    return VoteReward.objects.get(resident=resident)


def test_the_same_is_asked_for_every_answer(
    consultation: Consultation, asked: list[dict[str, Any]]
) -> None:
    rewards = [_voted(consultation, place) for place in (1, 2)]
    for reward in rewards:
        reward_synchronise(evidence=reward.pk)
        reward_synchronise(evidence=reward.pk)  # a job may run again
    own = {"wallet_id", "evidence"}
    same = [{name: said[name] for name in said if name not in own} for said in asked]
    assert same == [{"rule": RULE, "channel": "web"}] * 2
    assert [said["evidence"] for said in asked] == [reward.pk for reward in rewards]
    assert set(VoteReward.objects.values_list("state", "points")) == {(RewardState.POSTED, 5)}


def test_a_refusal_takes_no_vote_away_and_an_absence_is_waited_for(
    consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallet, "wallet_open", lambda wallet_id: None)
    reward = _voted(consultation, 1)

    def away(**_: Any) -> wallet.RewardView:
        raise wallet.WalletUnavailable

    monkeypatch.setattr(wallet, "reward_open", away)
    with pytest.raises(wallet.WalletUnavailable):
        reward_synchronise(evidence=reward.pk)
    assert rewards_again() == 1

    def refuse(**_: Any) -> wallet.RewardView:
        raise wallet.WalletRefused("cap_month_reached")

    monkeypatch.setattr(wallet, "reward_open", refuse)
    reward_synchronise(evidence=reward.pk)
    reward.refresh_from_db()
    assert (reward.state, reward.refusal_code) == (RewardState.REFUSED, "cap_month_reached")
    assert consultation.roll.count() == 1
    assert rewards_again() == 0
