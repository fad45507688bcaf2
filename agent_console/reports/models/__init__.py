"""The app's tables, one file per concern."""

from .report import OnBehalf, Report, Transition
from .reward import ReportReward, RewardState
from .taxonomy import Category, Clock, Question, QuestionKind, Service

__all__ = [
    "Category",
    "Clock",
    "OnBehalf",
    "Question",
    "QuestionKind",
    "Report",
    "ReportReward",
    "RewardState",
    "Service",
    "Transition",
]
