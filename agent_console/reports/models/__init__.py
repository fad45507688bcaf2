"""The app's tables, one file per concern."""

from .photo import PhotoKind, ReportPhoto
from .report import OnBehalf, Report, Transition
from .reward import ReportReward, RewardState
from .screening import ReportScreening
from .taxonomy import Category, Clock, Question, QuestionKind, Service

__all__ = [
    "Category",
    "Clock",
    "OnBehalf",
    "PhotoKind",
    "Question",
    "QuestionKind",
    "Report",
    "ReportPhoto",
    "ReportReward",
    "ReportScreening",
    "RewardState",
    "Service",
    "Transition",
]
