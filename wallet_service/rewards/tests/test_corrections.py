"""Two supervisors mend what went wrong; one alone can't, and nothing is mended twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from wallet_service.ledger.errors import IdempotencyConflict, IssuingStopped, WalletUnknown
from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import JournalEntry, Wallet
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.ledger.services import issuing_stop, points_hold
from wallet_service.rewards import correcting
from wallet_service.rewards.budgets import budget_give_back
from wallet_service.rewards.correcting import (
    correction_decide,
    correction_propose,
    correction_record,
    refunds_by,
)
from wallet_service.rewards.domain import CorrectionKind, CorrectionState
from wallet_service.rewards.errors import (
    CorrectionAlreadyProposed,
    CorrectionDecided,
    CorrectionUnknown,
    RewardNotPosted,
    RewardUnknown,
    SamePerson,
)
from wallet_service.rewards.models import Correction
from wallet_service.rewards.selectors import corrections_page

from .conftest import campaign_rule, id_of, left_of, next_key, open_reward, rule_with

Together = Callable[..., list[Any]]
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


def _propose(kind: CorrectionKind, *, key: str | None = None, **about: Any) -> Answer:
    return correction_propose(
        client="console",
        key=key or next_key(),
        kind=kind,
        reason="mistake",
        actor=FIRST,
        **about,
    )


def _decide(
    proposal: Answer, *, by: uuid.UUID = SECOND, approve: bool = True, key: str | None = None
) -> Answer:
    return correction_decide(
        client="console",
        key=key or next_key(),
        correction_id=id_of(proposal),
        approve=approve,
        actor=by,
    )


def _posted(wallet: Wallet) -> uuid.UUID:
    rule_with(auto_post_after_days=0)
    return id_of(open_reward(wallet.id))


def test_a_credit_counts_once_another_person_approved(wallet: Wallet) -> None:
    proposal = _propose(CorrectionKind.CREDIT, wallet_id=wallet.id, points=15)
    assert (proposal.status, proposal.body["state"]) == (201, "proposed")
    assert balances_of(wallet=wallet).available_points == 0
    applied = _decide(proposal)
    assert (applied.status, applied.body["state"]) == (200, "applied")
    assert balances_of(wallet=wallet).available_points == 15
    entry = JournalEntry.objects.get(id=applied.body["entry_id"])
    assert (entry.kind, entry.subject) == ("correction_credited", id_of(proposal))


def test_nobody_approves_or_rejects_their_own(wallet: Wallet) -> None:
    proposal = _propose(CorrectionKind.CREDIT, wallet_id=wallet.id, points=15)
    for approve in (True, False):
        with pytest.raises(SamePerson):
            _decide(proposal, by=FIRST, approve=approve)
    with pytest.raises(IntegrityError, match="correction_two_people"), transaction.atomic():
        Correction.objects.update(
            state=CorrectionState.REJECTED, decided_by=FIRST, decided_at="2026-01-01T00:00:00Z"
        )
    assert balances_of(wallet=wallet).available_points == 0


def test_a_rejected_proposal_changes_nothing_and_stays(wallet: Wallet) -> None:
    proposal = _propose(CorrectionKind.DEBIT, wallet_id=wallet.id, points=15)
    assert _decide(proposal, approve=False).body["state"] == "rejected"
    with pytest.raises(CorrectionDecided):
        _decide(proposal)
    assert not JournalEntry.objects.exists()
    assert [one.id for one in corrections_page(state=None, before=None, limit=9)] == [
        id_of(proposal)
    ]


def test_a_debit_takes_what_there_is_and_notes_the_rest(wallet: Wallet) -> None:
    _posted(wallet)
    _decide(_propose(CorrectionKind.DEBIT, wallet_id=wallet.id, points=15))
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (0, 5)
    _posted(wallet)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (5, 0)


def test_a_reversal_names_the_entry_that_it_corrects(wallet: Wallet) -> None:
    reward_id = _posted(wallet)
    points_hold(wallet_id=wallet.id, points=4, subject=uuid.uuid4())
    applied = _decide(_propose(CorrectionKind.REVERSE_REWARD, subject=reward_id))
    assert (applied.body["points"], applied.body["wallet_id"]) == (10, str(wallet.id))
    entry = JournalEntry.objects.get(id=applied.body["entry_id"])
    assert entry.kind == "reward_reversed"
    assert entry.corrects is not None
    assert entry.corrects.kind == "reward_granted"
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.held_points, balances.recoverable_points) == (
        0,
        4,
        4,
    )
    assert sum_of_all_balances() == 0


def test_a_reversed_rewards_points_go_back_to_its_campaign(wallet: Wallet) -> None:
    campaign = campaign_rule(100, auto_post_after_days=0)
    first, second = (id_of(open_reward(wallet.id)) for _ in range(2))
    assert left_of(campaign) == 80
    _decide(_propose(CorrectionKind.REVERSE_REWARD, subject=first), approve=False)
    assert left_of(campaign) == 80  # only proposed
    points_hold(wallet_id=wallet.id, points=15, subject=uuid.uuid4())
    for left, reward_id in ((90, first), (100, second)):  # some of it is owed: all the same
        _decide(_propose(CorrectionKind.REVERSE_REWARD, subject=reward_id))
        assert left_of(campaign) == left
    assert balances_of(wallet=wallet).recoverable_points == 15
    with pytest.raises(CorrectionAlreadyProposed):
        _propose(CorrectionKind.REVERSE_REWARD, subject=first)


def test_nothing_lifts_a_campaigns_budget_above_its_ceiling(wallet: Wallet) -> None:
    campaign = campaign_rule(100, auto_post_after_days=0)
    reward_id = id_of(open_reward(wallet.id))
    with pytest.raises(IntegrityError, match="budget"), transaction.atomic():
        budget_give_back(campaign_id=campaign.id, reward_id=reward_id, points=11)
    budget_give_back(campaign_id=campaign.id, reward_id=reward_id, points=10)
    assert left_of(campaign) == 100


def test_a_reward_is_reversed_once(wallet: Wallet) -> None:
    reward_id = _posted(wallet)
    first = _propose(CorrectionKind.REVERSE_REWARD, subject=reward_id)
    with pytest.raises(CorrectionAlreadyProposed):
        _propose(CorrectionKind.REVERSE_REWARD, subject=reward_id)
    _decide(first, approve=False)
    second = _propose(CorrectionKind.REVERSE_REWARD, subject=reward_id)
    _decide(second)
    with pytest.raises(CorrectionAlreadyProposed):
        _propose(CorrectionKind.REVERSE_REWARD, subject=reward_id)


@pytest.mark.parametrize(
    ("kind", "about", "refusal"),
    [
        (CorrectionKind.REVERSE_REWARD, {"subject": uuid.UUID(int=5)}, RewardUnknown),
        (
            CorrectionKind.CREDIT,
            {"wallet_id": uuid.UUID(int=5), "points": 5},
            WalletUnknown,
        ),
        (CorrectionKind.DEBIT, {"wallet_id": uuid.UUID(int=5), "points": 5}, WalletUnknown),
    ],
)
def test_what_is_unknown_cannot_be_corrected(
    db: None, kind: CorrectionKind, about: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _propose(kind, **about)
    assert not Correction.objects.exists()


def test_a_pending_reward_is_voided_and_not_reversed(wallet: Wallet) -> None:
    rule_with()
    with pytest.raises(RewardNotPosted):
        _propose(CorrectionKind.REVERSE_REWARD, subject=id_of(open_reward(wallet.id)))


def test_an_unknown_correction_is_refused(db: None) -> None:
    with pytest.raises(CorrectionUnknown):
        correction_decide(
            client="console",
            key="k",
            correction_id=uuid.UUID(int=5),
            approve=True,
            actor=SECOND,
        )


def test_the_same_request_again_is_answered_again(wallet: Wallet) -> None:
    asked: dict[str, Any] = {"key": "propose", "wallet_id": wallet.id, "points": 15}
    proposal = _propose(CorrectionKind.CREDIT, **asked)
    assert _propose(CorrectionKind.CREDIT, **asked).body == proposal.body
    with pytest.raises(IdempotencyConflict):
        _propose(CorrectionKind.CREDIT, **(asked | {"points": 16}))
    applied = _decide(proposal, key="decide")
    again = _decide(proposal, key="decide")
    assert again.replayed
    assert again.body == applied.body
    assert balances_of(wallet=wallet).available_points == 15


def test_a_credit_waits_while_issuing_is_stopped(wallet: Wallet) -> None:
    proposal = _propose(CorrectionKind.CREDIT, wallet_id=wallet.id, points=15)
    issuing_stop(reason="drift")
    with pytest.raises(IssuingStopped):
        _decide(proposal)
    assert Correction.objects.get().state == CorrectionState.PROPOSED


def test_of_many_approvals_at_the_same_moment_one_counts(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    wallet = some_wallet()
    proposal = _propose(CorrectionKind.CREDIT, wallet_id=wallet.id, points=15)
    outcomes = together(
        *[partial(_decide, proposal, by=uuid.uuid4(), approve=place != 3) for place in range(6)]
    )
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, CorrectionDecided) for outcome in outcomes) == 5
    applied = Correction.objects.get().state == CorrectionState.APPLIED
    assert balances_of(wallet=wallet).available_points == (15 if applied else 0)
    assert sum_of_all_balances() == 0


def test_a_refund_is_the_offers_work_in_the_same_transaction(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    reward_id = _posted(wallet)
    some_entry = JournalEntry.objects.get(subject=reward_id)
    voucher, told = uuid.uuid4(), []
    monkeypatch.setattr(correcting, "_refund", [])

    def refund(*, subject: uuid.UUID, correction_id: uuid.UUID) -> uuid.UUID:
        told.append(("refund", subject))
        return some_entry.id

    def rejected(*, subject: uuid.UUID) -> None:
        told.append(("rejected", subject))

    refunds_by(refund, rejected=rejected)
    for approve in (False, True):
        proposed = correction_record(
            kind=CorrectionKind.REFUND_VOUCHER,
            wallet_id=wallet.id,
            subject=voucher,
            points=10,
            reason="not_honoured",
            actor=FIRST,
        )
        _decide(Answer(status=201, body={"id": str(proposed.id)}), approve=approve)
    assert told == [("rejected", voucher), ("refund", voucher)]


def test_a_decision_is_final_and_facts_never_change(wallet: Wallet) -> None:
    _decide(_propose(CorrectionKind.CREDIT, wallet_id=wallet.id, points=15), approve=False)
    for change in ({"state": "applied"}, {"points": 1}, {"decided_by": uuid.uuid4()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Correction.objects.all()._raw_delete(using="default")


def test_corrections_work_with_the_rights_of_the_runtime_role(
    wallet: Wallet, as_runtime: Callable[[], AbstractContextManager[None]]
) -> None:
    reward_id = _posted(wallet)
    with as_runtime():
        _decide(_propose(CorrectionKind.CREDIT, wallet_id=wallet.id, points=15))
        _decide(_propose(CorrectionKind.REVERSE_REWARD, subject=reward_id))
    assert balances_of(wallet=wallet).available_points == 15
