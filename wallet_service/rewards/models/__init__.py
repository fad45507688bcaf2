"""Tables of the rewards: what actions earn, what was earned, what is reviewed and corrected."""

from .corrections import Correction
from .reviews import ReviewCase, RewardSignal
from .rewards import Reward
from .rules import Campaign, CampaignSlice, RewardRule

__all__ = [
    "Campaign",
    "CampaignSlice",
    "Correction",
    "ReviewCase",
    "Reward",
    "RewardRule",
    "RewardSignal",
]
