"""The app's tables, one file per concern."""

from .competence import Body, BodyKind, CompetenceRule, Forward, ForwardState, Handover
from .deadlines import DeadlineOverride, OnCallPage, OnCallSettings, ServiceHours, Weekday
from .feedback import Feedback
from .report import OnBehalf, Report, Transition
from .reward import ReportReward, RewardState
from .taxonomy import Category, Clock, Question, QuestionKind, Service

__all__ = [
    "Body",
    "BodyKind",
    "Category",
    "Clock",
    "CompetenceRule",
    "DeadlineOverride",
    "Feedback",
    "Forward",
    "ForwardState",
    "Handover",
    "OnBehalf",
    "OnCallPage",
    "OnCallSettings",
    "Question",
    "QuestionKind",
    "Report",
    "ReportReward",
    "RewardState",
    "Service",
    "ServiceHours",
    "Transition",
    "Weekday",
]
