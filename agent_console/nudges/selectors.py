"""What the console knows about the numbers that the wallet shows."""

import uuid
from collections.abc import Collection

from agent_console.citizens.models import Resident
from agent_console.citizens.selectors import resident_current
from agent_console.conversations.models import Conversation
from agent_console.reports.models import Category, Report, ReportReward, SupportReward

_FIXED_LABELS = {
    "glass.deposit": "Dépôt de verre",
    "consultation.vote": "Participation à une consultation",
    "report.support": "Soutien d’un signalement",
}


def rule_labels() -> dict[str, str]:
    """Rule code → what it rewards, in words."""
    categories = Category.objects.values_list("code", "label_fr")
    return _FIXED_LABELS | {
        f"report.{code}": f"Signalement : {label}" for code, label in categories
    }


def report_references(*, reward_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Reward → the reference of the report that it thanks for, made or supported."""
    rewards = ReportReward.objects.filter(reward_id__in=reward_ids).select_related("report")
    made = {reward.reward_id: reward.report.reference for reward in rewards if reward.reward_id}
    supports = SupportReward.objects.filter(reward_id__in=reward_ids)
    supported = supports.values_list("reward_id", "support__report__reference")
    return made | {number: reference for number, reference in supported if number}


def reward_of_report(*, report: Report) -> uuid.UUID | None:
    """The reward of a report, once the wallet has one."""
    reward = ReportReward.objects.filter(report=report).first()
    return reward.reward_id if reward else None


def conversation_of_wallet(*, wallet_id: uuid.UUID) -> Conversation | None:
    """Where the wallet's owner last talked with us."""
    owner = resident_of_wallet(wallet_id=wallet_id)
    if owner is None:
        return None
    return (
        Conversation.objects.filter(
            contact_point__resident=resident_current(resident_id=owner.pk),
            last_message_at__isnull=False,
        )
        .order_by("-last_message_at")
        .first()
    )


def resident_of_wallet(*, wallet_id: uuid.UUID) -> Resident | None:
    """Whose wallet it is."""
    return Resident.objects.filter(wallet_id=wallet_id).first()
