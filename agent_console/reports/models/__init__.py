"""The app's tables, one file per concern."""

from .competence import Body, BodyKind, CompetenceRule, Forward, ForwardState, Handover
from .deadlines import DeadlineOverride, OnCallPage, OnCallSettings, ServiceHours, Weekday
from .feedback import Feedback
from .outage import Outage, OutageAct, OutageChange, OutageReport
from .photo import PhotoKind, ReportPhoto
from .report import OnBehalf, Report, Transition
from .reward import ReportReward, RewardState
from .screening import ReportScreening
from .support import Support, SupportAction, SupportChange, SupportReward
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
    "Outage",
    "OutageAct",
    "OutageChange",
    "OutageReport",
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
    "Support",
    "SupportAction",
    "SupportChange",
    "SupportReward",
    "Transition",
    "Weekday",
]
