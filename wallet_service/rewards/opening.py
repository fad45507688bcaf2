"""Opening rewards: what one request or a hundred of them have in common.

Locks first, then the look at where each reward stands, then the decisions (pure: ``terms`` and
``patterns``), then the rows and the ledger's entries.  All in the caller's transaction: a
crash at any moment leaves every reward with its key, entry and case, or none of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wallet_service.ledger import domain as ledger
from wallet_service.ledger.errors import IssuingStopped, Refusal, WalletUnknown
from wallet_service.ledger.idempotency import Answer, Request
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.row_source import RowSource
from wallet_service.ledger.services import Alongside, EntryRequest, entries_post

from .domain import ReviewPattern, ReviewState, RewardState
from .errors import LIMIT_REFUSALS, EvidenceAlreadyRewarded, RewardTooLarge, RuleUnknown
from .models import ReviewCase, RewardSignal
from .patterns import Signals
from .rendering import RewardFacts, reward_body
from .standing import Asked, Standing, sightings_read, standings_lock_and_read
from .terms import Periods, Usage, limit_reached, posts_at

_ANSWERS = RowSource(
    "answers", "answer", {"key": "text", "sha256": "bytea", "body": "jsonb", "client": "text"}
)
_REWARDS = RowSource(
    "rewards",
    "reward",
    {
        "id": "uuid",
        "wallet": "uuid",
        "rule": "bigint",
        "code": "text",
        "quantity": "smallint",
        "points": "int",
        "evidence": "uuid",
        "channel": "text",
        "state": "text",
        "pending": "uuid",
        "decided": "uuid",
        "created": "timestamptz",
        "posts": "timestamptz",
        "decided_at": "timestamptz",
    },
)
# Keys before evidence, and each sorted: the same order in every request, so that two of them can't
# wait for each other.  The ledger's entries are written by the same statement, after them.
_WRITE = """
kept AS (
    INSERT INTO ledger_idempotencykey (client, key, request_sha256, status, body)
    SELECT client, key, sha256, 201, body FROM {answers} ORDER BY key
    ON CONFLICT (client, key) DO NOTHING
    RETURNING 1
), opened AS (
    INSERT INTO rewards_reward (id, wallet_id, rule_id, rule_code, quantity, points, evidence,
                                channel, state, pending_entry_id, decided_entry_id, created_at,
                                posts_at, decided_at)
    SELECT * FROM {rewards} ORDER BY code, evidence
    ON CONFLICT (rule_code, evidence) DO NOTHING
    RETURNING 1
)
"""
_WRITE_ONE = _WRITE.format(answers=_ANSWERS.values(1), rewards=_REWARDS.values(1))
_WRITE_MANY = _WRITE.format(answers=_ANSWERS.arrays(), rewards=_REWARDS.arrays())
_COUNTS = "(SELECT count(*) FROM kept), (SELECT count(*) FROM opened)"

# Takes points from a campaign's budget for a reward; raises ``BudgetExhausted`` or ``SliceShort``.
BudgetTaker = Callable[[int, uuid.UUID, int], None]


@dataclass(frozen=True, slots=True)
class Opening:
    """A reward that may be written, the entry that goes with it, and what its caller is told, now
    and whenever the same is asked again."""

    facts: RewardFacts
    answer: Answer
    rule_id: int
    entry_id: uuid.UUID
    signals: Signals
    patterns: Sequence[ReviewPattern]

    @property
    def operation(self) -> ledger.Operation:
        """Posted at once, or pending."""
        if self.facts.state is RewardState.POSTED:
            return ledger.reward_granted(points=self.facts.points)
        return ledger.reward_pending(points=self.facts.points)


def opening_request(*, client: str, key: str, asked: Asked) -> Request:
    """The same for a reward asked for alone and among others: a key is good for both."""
    return Request(
        client=client,
        key=key,
        operation="reward_open",
        arguments={
            "wallet_id": asked.wallet_id,
            "rule": asked.rule_code,
            "evidence": asked.evidence,
            "channel": asked.channel.value,
            "quantity": asked.quantity,
            "photos": ",".join(photo.hex() for photo in asked.signals.photos),
            "place": asked.signals.place.hex() if asked.signals.place else "",
        },
    )


class Desk:
    """Decides about rewards one after the other, each in the light of those before it."""

    def __init__(self, asked: Sequence[Asked], *, at: datetime) -> None:
        self._at = at
        self._periods = Periods.at(at)
        self._asked = asked
        self.standings = standings_lock_and_read(asked, at=at, periods=self._periods)
        self._sightings = sightings_read(asked, at=at)
        self._usage: dict[tuple[uuid.UUID, str], Usage] = {}
        self._evidence: set[tuple[str, uuid.UUID]] = set()

    def decide(
        self, place: int, *, budget_take: BudgetTaker, issuing_stopped: Callable[[], bool]
    ) -> Opening:
        """What the reward at this place of the list becomes.

        Raises ``WalletUnknown``, ``RuleUnknown``, ``RewardTooLarge``, ``EvidenceAlreadyRewarded``,
        ``CoolingOff``, ``CapDayReached``, ``CapMonthReached``, ``IssuingStopped`` and what
        ``budget_take`` raises.
        """
        asked, standing = self._asked[place], self.standings[place]
        points = self._allowed_points(asked, standing)
        opening = self._opening(asked, standing, points)
        if opening.facts.state is RewardState.POSTED and issuing_stopped():
            raise IssuingStopped
        if standing.campaign_id is not None:
            budget_take(standing.campaign_id, opening.facts.id, points)
        pair = (asked.wallet_id, asked.rule_code)
        usage = self._usage.get(pair, standing.usage)
        self._usage[pair] = usage.plus(points=points, at=self._at)
        self._evidence.add((asked.rule_code, asked.evidence))
        self._sightings.add(asked.wallet_id, asked.signals)
        return opening

    def _allowed_points(self, asked: Asked, standing: Standing) -> int:
        points = standing.terms.points * asked.quantity
        refused: Refusal | None = None
        if not standing.wallet_known:
            refused = WalletUnknown()
        elif standing.rule_id is None or points == 0:
            refused = RuleUnknown()
        elif points > ledger.MAX_POINTS_PER_ENTRY:
            refused = RewardTooLarge()
        elif standing.evidence_taken or (asked.rule_code, asked.evidence) in self._evidence:
            refused = EvidenceAlreadyRewarded()
        elif reached := limit_reached(
            standing.terms,
            points=points,
            usage=self._usage.get((asked.wallet_id, asked.rule_code), standing.usage),
            at=self._at,
            periods=self._periods,
        ):
            refused = LIMIT_REFUSALS[reached.limit](reached)
        if refused:
            raise refused
        return points

    def _opening(self, asked: Asked, standing: Standing, points: int) -> Opening:
        reward_id = time_ordered_uuid()
        patterns = self._sightings.patterns(asked.wallet_id, asked.signals)
        due_at = posts_at(standing.terms, reward_id=reward_id, opened_at=self._at)
        at_once = due_at == self._at and not patterns
        assert standing.rule_id is not None
        facts = RewardFacts(
            id=reward_id,
            wallet_id=asked.wallet_id,
            rule_code=asked.rule_code,
            quantity=asked.quantity,
            points=points,
            state=RewardState.POSTED if at_once else RewardState.PENDING,
            evidence=asked.evidence,
            channel=asked.channel,
            created_at=self._at,
            posts_at=None if at_once else due_at,
            review=ReviewState.OPEN if patterns else None,
            decided_at=self._at if at_once else None,
        )
        return Opening(
            facts=facts,
            answer=Answer(status=201, body=reward_body(facts)),
            rule_id=standing.rule_id,
            entry_id=time_ordered_uuid(),
            signals=asked.signals,
            patterns=patterns,
        )


def openings_write(openings: Sequence[tuple[Request, Opening]]) -> tuple[int, int]:
    """Write keys, rewards and the ledger's entries, then signals and cases; returns how many keys
    and rewards were new.

    Fewer than given means that another request was faster: the caller rolls back.

    Raises what ``entries_post`` raises.
    """
    answers = [
        (request.key, request.sha256, json.dumps(opening.answer.body), request.client)
        for request, opening in openings
    ]
    rewards = [_row(opening) for _, opening in openings]
    alone = len(openings) == 1
    keys, opened = entries_post(
        postings=[
            EntryRequest(
                operation=opening.operation,
                wallet_id=opening.facts.wallet_id,
                subject=opening.facts.id,
                entry_id=opening.entry_id,
            )
            for _, opening in openings
        ],
        alongside=Alongside(
            ctes=_WRITE_ONE if alone else _WRITE_MANY,
            answer=_COUNTS,
            parameters=_ANSWERS.value_parameters(answers) | _REWARDS.value_parameters(rewards)
            if alone
            else _ANSWERS.array_parameters(answers) | _REWARDS.array_parameters(rewards),
        ),
    )
    if keys == opened == len(openings):
        _signals_write([opening for _, opening in openings])
    return int(keys), int(opened)


def _row(opening: Opening) -> tuple[Any, ...]:
    """The reward's columns, in the order of ``_REWARDS``."""
    facts = opening.facts
    at_once = facts.state is RewardState.POSTED
    return (
        facts.id,
        facts.wallet_id,
        opening.rule_id,
        facts.rule_code,
        facts.quantity,
        facts.points,
        facts.evidence,
        facts.channel.value,
        facts.state.value,
        None if at_once else opening.entry_id,
        opening.entry_id if at_once else None,
        facts.created_at,
        facts.posts_at,
        facts.decided_at,
    )


def _signals_write(openings: Sequence[Opening]) -> None:
    """Digests for later comparison, and a case for each pattern that was found."""
    signals = [
        RewardSignal(
            reward_id=opening.facts.id,
            wallet_id=opening.facts.wallet_id,
            kind=kind,
            digest=digest,
            created_at=opening.facts.created_at,
        )
        for opening in openings
        for kind, digests in (
            (RewardSignal.Kind.PHOTO, opening.signals.photos),
            (RewardSignal.Kind.PLACE, (opening.signals.place,) if opening.signals.place else ()),
        )
        for digest in digests
    ]
    cases = [
        ReviewCase(
            id=time_ordered_uuid(),
            pattern=pattern,
            wallet_id=opening.facts.wallet_id,
            subject=opening.facts.id,
            state=ReviewState.OPEN,
            opened_at=opening.facts.created_at,
        )
        for opening in openings
        for pattern in opening.patterns
    ]
    if signals:
        RewardSignal.objects.bulk_create(signals)
    if cases:
        ReviewCase.objects.bulk_create(cases)
