"""Why a reward was refused; see ``ledger.errors`` for what all refusals share."""

from __future__ import annotations

from wallet_service.ledger.errors import Refusal

from .terms import Limit, LimitReached


class RuleUnknown(Refusal):
    """No rule with this code earns points now."""

    code = "rule_unknown"


class RuleStartInPast(Refusal):
    """A version of a rule can't begin before it is written: what was earned stays earned."""

    code = "rule_start_in_past"


class RuleTermsContradict(Refusal):
    """A cap is below what one action earns, so that none would ever be rewarded."""

    code = "rule_terms_contradict"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.fields = {field: "below_points"}


class CampaignUnknown(Refusal):
    """No campaign has this code."""

    code = "campaign_unknown"


class CampaignCodeTaken(Refusal):
    """Another campaign has this code."""

    code = "campaign_code_taken"


class CampaignDatesContradict(Refusal):
    """A campaign ends after it begins, and not in the past."""

    code = "campaign_dates_contradict"


class BudgetExhausted(Refusal):
    """The campaign's budget does not hold this reward."""

    code = "budget_exhausted"

    def __init__(self, left_points: int) -> None:
        super().__init__(left_points)
        self.fields = {"left_points": str(left_points)}


class RewardUnknown(Refusal):
    """No reward has this id."""

    code = "reward_unknown"


class RewardNotPending(Refusal):
    """The reward was already posted or voided."""

    code = "reward_not_pending"


class RewardNotPosted(Refusal):
    """Only what was posted can be taken back."""

    code = "reward_not_posted"


class RewardTooLarge(Refusal):
    """The quantity would make one reward larger than an entry may be."""

    code = "reward_too_large"


class EvidenceAlreadyRewarded(Refusal):
    """This evidence already has a reward under this rule."""

    code = "evidence_already_rewarded"


class LimitRefusal(Refusal):
    """The wallet has earned what its rule allows for now; ``fields`` say until when, and with
    ``asked_points`` what the quantity asked for was worth: a caller can ask for a smaller one."""

    def __init__(self, reached: LimitReached) -> None:
        super().__init__(reached.limit.value)
        self.fields = {
            "again_at": reached.again_at.isoformat().replace("+00:00", "Z"),
            "asked_points": str(reached.asked_points),
        }
        if reached.cap_points is not None and reached.earned_points is not None:
            self.fields |= {
                "cap_points": str(reached.cap_points),
                "earned_points": str(reached.earned_points),
                "left_points": str(max(0, reached.cap_points - reached.earned_points)),
            }


class CoolingOff(LimitRefusal):
    """The last reward under this rule is too recent."""

    code = Limit.COOLING_OFF.value


class CapDayReached(LimitRefusal):
    """The day's cap does not hold this reward."""

    code = Limit.CAP_DAY.value


class CapMonthReached(LimitRefusal):
    """The month's cap does not hold this reward."""

    code = Limit.CAP_MONTH.value


LIMIT_REFUSALS: dict[Limit, type[LimitRefusal]] = {
    Limit.COOLING_OFF: CoolingOff,
    Limit.CAP_DAY: CapDayReached,
    Limit.CAP_MONTH: CapMonthReached,
}


class ReviewUnknown(Refusal):
    """No review case has this id."""

    code = "review_unknown"


class ReviewDecided(Refusal):
    """The case was already decided."""

    code = "review_decided"


class CorrectionUnknown(Refusal):
    """No correction has this id."""

    code = "correction_unknown"


class CorrectionDecided(Refusal):
    """The correction was already applied or rejected."""

    code = "correction_decided"


class CorrectionAlreadyProposed(Refusal):
    """The same thing was proposed before, and not rejected."""

    code = "correction_already_proposed"


class SamePerson(Refusal):
    """Who proposed a correction can't decide it."""

    code = "same_person"
