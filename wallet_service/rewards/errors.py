"""Why a reward was refused; see ``ledger.errors`` for what all refusals share."""

from __future__ import annotations

from wallet_service.ledger.errors import Refusal


class RuleUnknown(Refusal):
    """No rule with this code earns points now."""

    code = "rule_unknown"


class RewardUnknown(Refusal):
    """No reward has this id."""

    code = "reward_unknown"


class RewardNotPending(Refusal):
    """The reward was already posted or voided."""

    code = "reward_not_pending"


class EvidenceAlreadyRewarded(Refusal):
    """This evidence already has a reward under this rule."""

    code = "evidence_already_rewarded"
