"""Episodes, their totals by day, what a contact costs; ``impact.models`` has the rest.

Episodes and totals can be made again.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agent_console.calls_desk.models import Call
from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Conversation, Message
from agent_console.places.models import Commune
from agent_console.reports.models import Report

from .impact.models import Effect, SiteCommune, Study, WeekTonnage, YearSpending

__all__ = [
    "DailyTotal",
    "Effect",
    "Episode",
    "HandOver",
    "HandledBy",
    "MissedSentence",
    "Outcome",
    "SiteCommune",
    "Study",
    "TalkMark",
    "UnitCost",
    "WeekTonnage",
    "YearSpending",
]


class Outcome(models.TextChoices):
    """How an episode ended: exactly one of these, the first that fits."""

    EMERGENCY = "emergency", "Urgence signalée"
    CALL_BACK = "call_back", "Rappel demandé"
    AGENT = "agent", "Traité par un conseiller"
    PHONE = "phone", "Traité au téléphone"
    ABANDONED = "abandoned", "A attendu un conseiller en vain"
    UNFINISHED = "unfinished", "Démarche non terminée"
    NOT_UNDERSTOOD = "not_understood", "Non compris"
    NO_REQUEST = "no_request", "Sans demande ou erreur"
    BOT = "bot", "Traité par l’assistant"


class HandledBy(models.TextChoices):
    """Who answered."""

    BOT = "bot", "Assistant seul"
    BOTH = "both", "Assistant puis conseiller"
    AGENT = "agent", "Conseiller, par écrit ou au guichet"
    PHONE = "phone", "Conseiller au téléphone"
    NOBODY = "nobody", "Personne"


class HandOver(models.TextChoices):
    """Why a person came into it."""

    ASKED = "asked", "Demande d’une personne"
    NOT_UNDERSTOOD = "not_understood", "Incompréhension répétée"
    TAKEN = "taken", "Pris par un conseiller de lui-même"
    NONE = "none", "Aucun passage"


class Episode(models.Model):
    """One contact, from a person's first word to the silence after it.

    It comes from one source: ``conversation`` with ``first_seq`` (its first message), a ``call``
    that was written down, or a ``report`` taken in without either.  Durations are whole seconds,
    null where there was no such moment.  ``day`` and ``hour`` are those of its start in Paris.
    ``wait_s``: for a person; ``attended_s``: of a person's own time.
    ``rating``: how satisfied the person said to be, 1 to 5; 0 when asked in vain, null when not.
    ``intents``: what was understood, in order, without repetitions that follow each other.
    ``person``: whose it is as far as is known, so that their contacts are found together: a
    resident, else a conversation or a number.  ``came_back``: they began again within seven days
    of its end, on whichever channel.
    """

    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.CASCADE, related_name="episodes"
    )
    first_seq = models.PositiveBigIntegerField(null=True)
    call = models.OneToOneField(Call, null=True, on_delete=models.CASCADE, related_name="episode")
    report = models.OneToOneField(
        Report, null=True, on_delete=models.CASCADE, related_name="episode"
    )
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    locale = models.CharField(max_length=5)
    commune = models.ForeignKey(Commune, null=True, on_delete=models.PROTECT, related_name="+")
    intents = models.TextField(blank=True)
    handled_by = models.CharField(max_length=8, choices=HandledBy.choices)
    hand_over = models.CharField(max_length=16, choices=HandOver.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    fallbacks = models.PositiveIntegerField()
    answer_s = models.PositiveIntegerField(null=True)
    wait_s = models.PositiveIntegerField(null=True)
    handle_s = models.PositiveIntegerField(null=True)
    attended_s = models.PositiveIntegerField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    person = models.UUIDField(null=True, editable=False)
    came_back = models.BooleanField(default=False)
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_analytics", "Peut consulter les analyses et le mur d’activité"),
            ("change_costs", "Peut changer les coûts unitaires des contacts"),
            ("change_impact", "Peut dire où des récompenses ont commencé, et saisir les tonnages"),
        ]
        indexes = [models.Index(fields=["day", "started_at", "id"], name="episode_day")]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "first_seq"], name="episode_of_talk"),
            models.CheckConstraint(
                name="episode_one_source",
                condition=Q(
                    conversation__isnull=False, first_seq__isnull=False, call=None, report=None
                )
                | Q(conversation=None, first_seq=None, call__isnull=False, report=None)
                | Q(conversation=None, first_seq=None, call=None, report__isnull=False),
            ),
        ]


class TalkMark(models.Model):
    """Up to which message a conversation's episodes are computed; what is newer makes it due."""

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="analytics_mark"
    )
    seq = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()


class MissedSentence(models.Model):
    """What the assistant did not understand, with people, numbers and addresses hidden.

    Or what it was sure of and got wrong, as the colleague ``marked_by`` saw in its conversation:
    ``text`` is empty then until the worker has masked it.
    """

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="missed_sentence"
    )
    episode_day = models.DateField(db_index=True)
    text = models.TextField()
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    marked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()


class DailyTotal(models.Model):
    """How many episodes of a day have ``key`` in a measure, and the sum of what it adds up."""

    day = models.DateField()
    measure = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    total = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["measure", "day", "key"], name="daily_total_once")
        ]


class UnitCost(models.Model):
    """What one contact costs, in cents, since ``at``; the newest counts, none is changed."""

    handled_by = models.CharField(max_length=8, choices=HandledBy.choices)
    cents = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
