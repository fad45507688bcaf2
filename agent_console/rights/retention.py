"""How long each kind of data is kept, why, and the job that lets go of what is over.

A rule says which rows are over and how they go; running it twice changes nothing.  Days are
settings (``RETENTION_DAYS``): a shorter or longer time is a decision of the data-protection
officer's, not of the code's.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from agent_console.calls_desk.models import Call
from agent_console.calls_desk.services import calls_forget, calls_known
from agent_console.citizens.models import ContactPoint, OneTimeCode, Recognition
from agent_console.conversations.models import Message, Notice
from agent_console.identity.models import PortalSession
from agent_console.pickups.models import Booking
from agent_console.pickups.workflow import LIVE
from agent_console.reports.models import Report, ReportReward, ReportScreening, RewardState
from agent_console.staff.models import AuditEntry

from .erasing_cases import booking_detach, report_detach
from .erasing_contacts import talks_forget
from .models import Errand, ErrandKind
from .queue import enqueue_errand

logger = logging.getLogger(__name__)
AT_ONCE = 200
NO_ANSWER_CODE = "wallet_unasked"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data.  ``due`` finds rows that are over by a moment; ``let_go`` takes some."""

    code: str
    label: str
    reason: str
    due: Callable[[datetime], QuerySet[Any]]
    let_go: Callable[[list[Any]], None]

    @property
    def days(self) -> int:
        """From the settings."""
        return int(settings.RETENTION_DAYS[self.code])


@dataclass(frozen=True, slots=True)
class Done:
    """What a rule did, or would do."""

    rule: Rule
    count: int


def retention_report(*, now: datetime | None = None) -> list[Done]:
    """Dry run: how many rows of each kind are over, and nothing is touched."""
    at = now or timezone.now()
    return [Done(rule, rule.due(at - timedelta(days=rule.days)).count()) for rule in RULES]


def retention_apply(*, now: datetime | None = None) -> list[Done]:
    """Let go of what is over; what was done, by kind.

    Each batch is ONE transaction: a crash leaves the rest to the next run.
    """
    at = now or timezone.now()
    done = [Done(rule, _apply(rule, at - timedelta(days=rule.days))) for rule in RULES]
    for one in done:
        if one.count:
            logger.info("retention", extra={"code": one.rule.code, "count": one.count})
    return done


def _apply(rule: Rule, before: datetime) -> int:
    total = 0
    while True:
        with transaction.atomic():
            numbers = list(rule.due(before).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            if not numbers:
                return total
            rule.let_go(numbers)
        total += len(numbers)


# --- messages


def _silent_talks(before: datetime) -> QuerySet[ContactPoint]:
    """Contacts whose conversation has been silent, without a case that is still open."""
    open_report = Report.objects.filter(
        conversation__contact_point=OuterRef("pk"), closed_at__isnull=True
    )
    live_booking = Booking.objects.filter(
        conversation__contact_point=OuterRef("pk"), state__in=LIVE
    )
    return ContactPoint.objects.filter(
        Exists(Message.objects.filter(conversation__contact_point=OuterRef("pk"))),
        ~Exists(
            Message.objects.filter(
                conversation__contact_point=OuterRef("pk"), created_at__gte=before
            )
        ),
        ~Exists(open_report),
        ~Exists(live_booking),
    )


def _forget_talks(numbers: list[Any]) -> None:
    talks = list(
        Message.objects.filter(conversation__contact_point__in=numbers)
        .values_list("conversation", flat=True)
        .distinct()
    )
    talks_forget(talks, are_gone=False)
    for talk in talks:
        errand, _ = Errand.objects.get_or_create(kind=ErrandKind.TALK, subject=talk)
        enqueue_errand(errand_id=errand.pk)


# --- cases


def _old_reports(before: datetime) -> QuerySet[Report]:
    return Report.objects.filter(closed_at__lt=before).filter(
        Q(resident__isnull=False) | Q(conversation__isnull=False)
    )


def _detach_reports(numbers: list[Any]) -> None:
    for report in Report.objects.select_for_update(of=("self",)).filter(pk__in=numbers):
        report_detach(report)


def _old_originals(before: datetime) -> QuerySet[ReportScreening]:
    masked = Q(description="", place="", address="", answers={})
    return ReportScreening.objects.filter(report__closed_at__lt=before).exclude(masked)


def _empty_originals(numbers: list[Any]) -> None:
    ReportScreening.objects.filter(pk__in=numbers).update(
        description="", place="", address="", answers={}
    )


def _old_bookings(before: datetime) -> QuerySet[Booking]:
    return (
        Booking.objects.filter(slot__day__lt=before.date())
        .exclude(state__in=LIVE)
        .exclude(address="", contact="", resident=None, conversation=None)
    )


def _detach_bookings(numbers: list[Any]) -> None:
    for booking in Booking.objects.select_for_update().filter(pk__in=numbers):
        booking_detach(booking)


def _empty_calls(numbers: list[Any]) -> None:
    calls_forget(Call.objects.filter(pk__in=numbers))


def _unanswered(before: datetime) -> QuerySet[ReportReward]:
    return ReportReward.objects.filter(
        report__created_at__lt=before, reward_id=None, state=RewardState.WAITING
    )


def _end_unanswered(numbers: list[Any]) -> None:
    ReportReward.objects.filter(pk__in=numbers).update(
        state=RewardState.REFUSED, refusal_code=NO_ANSWER_CODE
    )


def _delete(numbers: list[Any], rows: QuerySet[Any]) -> None:
    rows.filter(pk__in=numbers).delete()


RULES: tuple[Rule, ...] = (
    Rule(
        "messages",
        "Messages d’une conversation silencieuse",
        "Le temps de retrouver ce qui a été dit d’une demande et d’y répondre. Une conversation "
        "dont une demande est ouverte est gardée.",
        _silent_talks,
        _forget_talks,
    ),
    Rule(
        "notices",
        "Messages annoncés et non envoyés",
        "Le temps de savoir ce qu’une personne n’a pas reçu.",
        lambda before: Notice.objects.filter(created_at__lt=before),
        lambda numbers: _delete(numbers, Notice.objects.all()),
    ),
    Rule(
        "unanswered",
        "Points qui attendent une réponse",
        "Le temps de répondre à la question sur les points. Ensuite ils sont abandonnés.",
        _unanswered,
        _end_unanswered,
    ),
    Rule(
        "reports",
        "Auteur d’un signalement fermé",
        "Le temps de rouvrir, de se plaindre ou de récompenser. Ensuite le signalement reste à la "
        "ville, sans personne.",
        _old_reports,
        _detach_reports,
    ),
    Rule(
        "originals",
        "Texte d’origine d’un signalement dont des mots sont masqués",
        "Le temps de traiter le signalement. Ensuite seul le texte masqué reste.",
        _old_originals,
        _empty_originals,
    ),
    Rule(
        "pickups",
        "Adresse et contact d’un rendez-vous passé",
        "Le temps d’une réclamation, et de compter les rendez-vous d’un foyer dans l’année.",
        _old_bookings,
        _detach_bookings,
    ),
    Rule(
        "calls",
        "Numéro et note d’un appel",
        "Le temps de reconnaître qui rappelle et de reprendre où l’on en était.",
        lambda before: calls_known().filter(started_at__lt=before),
        _empty_calls,
    ),
    Rule(
        "codes",
        "Codes à usage unique",
        "Le temps de compter les demandes d’un jour et de voir un abus.",
        lambda before: OneTimeCode.objects.filter(created_at__lt=before),
        lambda numbers: _delete(numbers, OneTimeCode.objects.all()),
    ),
    Rule(
        "recognitions",
        "Preuves d’identité données",
        "Le temps de comprendre une contestation sur des points.",
        lambda before: Recognition.objects.filter(at__lt=before),
        lambda numbers: _delete(numbers, Recognition.objects.all()),
    ),
    Rule(
        "sessions",
        "Connexions à Mon espace",
        "Le temps de comprendre une connexion contestée.",
        lambda before: PortalSession.objects.filter(seen_at__lt=before),
        lambda numbers: _delete(numbers, PortalSession.objects.all()),
    ),
    Rule(
        "audit",
        "Journal des accès des agents",
        "Le temps de comprendre un accès contesté. La base refuse d’en effacer moins de six mois.",
        lambda before: AuditEntry.objects.filter(at__lt=before),
        lambda numbers: _delete(numbers, AuditEntry.objects.all()),
    ),
)


def rule_of(code: str) -> Rule:
    """By its code.  Raises ``KeyError``."""
    return {rule.code: rule for rule in RULES}[code]
