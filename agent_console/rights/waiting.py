"""Points that wait for an answer: they come with a yes, and end with a no.

A reward that the wallet has not heard of waits until its author has answered the question about
points.  A yes brings what was done in the last ``COMES_BACK`` days, also what an earlier no ended.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agent_console.citizens.consents import Wish, consent_of
from agent_console.citizens.selectors import residents_same
from agent_console.consultations.models import RewardState as VoteState
from agent_console.consultations.models import VoteReward
from agent_console.consultations.queue import enqueue_reward as enqueue_vote_reward
from agent_console.reports.models import ReportReward, RewardState, SupportReward
from agent_console.reports.queue import enqueue_reward, enqueue_support_reward
from agent_console.reports.rewards import UNWANTED_CODE

COMES_BACK = timedelta(days=90)
_UNHEARD = Q(reward_id=None, state__in=(RewardState.WAITING, RewardState.PENDING))


@transaction.atomic
def rewards_follow(*, resident_id: uuid.UUID) -> int:
    """Have every reward that an answer concerns looked at again; how many.

    Level-triggered: each reward's own job reads the answer that holds when it runs.
    """
    same = residents_same(resident_id=resident_id)
    reports = ReportReward.objects.filter(report__resident__in=same)
    supports = SupportReward.objects.filter(support__resident__in=same)
    votes = VoteReward.objects.filter(resident__in=same, refusal_code=UNWANTED_CODE)
    if consent_of(resident_id=resident_id).wish is Wish.AGREED:
        since = timezone.now() - COMES_BACK
        ended = Q(state=RewardState.REFUSED, refusal_code=UNWANTED_CODE)
        back = {"state": RewardState.WAITING, "refusal_code": ""}
        reports.filter(ended, report__created_at__gt=since).update(**back)
        supports.filter(ended, support__created_at__gt=since).update(**back)
        for vote in votes:
            vote.state, vote.refusal_code = VoteState.WAITING, ""
            vote.save(update_fields=["state", "refusal_code"])
            enqueue_vote_reward(evidence=vote.evidence)
    found = list(reports.filter(_UNHEARD).values_list("report_id", flat=True))
    for report_id in found:
        enqueue_reward(report_id=report_id)
    joined = list(supports.filter(_UNHEARD).values_list("support_id", flat=True))
    for support_id in joined:
        enqueue_support_reward(support_id=support_id)
    return len(found) + len(joined)
