"""The app's tables, one file per concern."""

from .competence import Body, BodyKind, CompetenceRule, Forward, ForwardState, Handover
from .deadlines import DeadlineOverride, OnCallPage, OnCallSettings, ServiceHours, Weekday
from .feedback import Feedback
from .photo import PhotoKind, ReportPhoto
from .report import OnBehalf, Report, Transition
from .reward import ReportReward, RewardState
from .screening import ReportScreening
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
    "PhotoKind",
    "Question",
    "QuestionKind",
    "Report",
    "ReportPhoto",
    "ReportReward",
    "ReportScreening",
    "RewardState",
    "Service",
    "ServiceHours",
    "Transition",
    "Weekday",
]
