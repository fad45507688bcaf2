"""Who is there, what they can answer, and which conversation was offered to whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from agent_console.citizens.models import ChannelCode

LOCALES = [("fr", "Français"), ("en", "Anglais")]
WRITTEN_CHANNELS = [
    (ChannelCode.WEB.value, ChannelCode.WEB.label),
    (ChannelCode.SMS.value, ChannelCode.SMS.label),
    (ChannelCode.TELEGRAM.value, ChannelCode.TELEGRAM.label),
]


class AvailabilityState(models.TextChoices):
    AVAILABLE = "available", "Disponible"
    BUSY = "busy", "Occupé"
    AWAY = "away", "Absent"


class Availability(models.Model):
    """What an agent says of themselves; who never said anything has no row.

    ``waits_since``: since when they wait for a conversation, their place among colleagues.
    ``seen_at``: when a page of theirs was last open.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    state = models.CharField(max_length=12, choices=AvailabilityState.choices)
    since = models.DateTimeField()
    waits_since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["waits_since"],
                name="availability_waits",
                condition=models.Q(state="available"),
            )
        ]


def _french() -> list[str]:
    return ["fr"]


def _written() -> list[str]:
    return [code for code, _ in WRITTEN_CHANNELS]


class Skillset(models.Model):
    """What an agent can be offered; who has no row has the defaults.  Their teams are ``Team``'s.

    ``capacity``: how many conversations at once.
    """

    CAPACITY_MAX = 20

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    capacity = models.PositiveSmallIntegerField(
        "Conversations à la fois",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(CAPACITY_MAX)],
    )
    locales = ArrayField(models.CharField(max_length=5, choices=LOCALES), default=_french)
    channels = ArrayField(
        models.CharField(max_length=16, choices=WRITTEN_CHANNELS), default=_written
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="skillset_capacity", condition=models.Q(capacity__range=(1, 20))
            )
        ]


class AssignmentRules(models.Model):
    """How conversations find their agent; one row, which a supervisor edits.  Times in minutes."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_automatic = models.BooleanField("Proposer les conversations à tour de rôle", default=False)
    answer_within_min = models.PositiveSmallIntegerField(
        "Délai pour répondre à une proposition, en minutes",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    told_after_min = models.PositiveSmallIntegerField(
        "Prévenir la personne que personne n’a pu répondre après, en minutes",
        default=10,
        validators=[MinValueValidator(2), MaxValueValidator(240)],
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="assignment_rules_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="assignment_rules_minutes",
                condition=models.Q(
                    answer_within_min__range=(1, 60), told_after_min__range=(2, 240)
                ),
            ),
        ]


class ChangeKind(models.TextChoices):
    AGENT = "agent", "Compétences"
    TEAM = "team", "Équipe"
    RULES = "rules", "Attribution"


class RoutingChange(models.Model):
    """Who changed whose skills, which team or the rules, when; append-only in the database.

    ``before`` and ``after`` map a field's French name to its value in words.
    """

    kind = models.CharField(max_length=8, choices=ChangeKind.choices)
    key = models.CharField(max_length=20)
    label = models.CharField(max_length=200)
    before = models.JSONField()
    after = models.JSONField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "key", "-id"], name="routing_change_of")]


class OfferState(models.TextChoices):
    """``offers.STEPS`` says which may follow which."""

    OPEN = "open", "Proposée"
    TAKEN = "taken", "Prise"
    DONE = "done", "Répondue ou rendue"
    DECLINED = "declined", "Laissée au suivant"
    EXPIRED = "expired", "Restée sans réponse"
    WITHDRAWN = "withdrawn", "Retirée"
    LAPSED = "lapsed", "Prise, puis restée sans réponse"


LIVE = (OfferState.OPEN, OfferState.TAKEN)


class Offer(models.Model):
    """A conversation was offered to one agent; at most one of these lives at a time.

    ``fence``: the conversation's own under which it holds.  ``until``: when it ends unless the
    agent takes it or, once taken, answers.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="offers"
    )
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=OfferState.choices, default=OfferState.OPEN)
    fence = models.PositiveIntegerField()
    offered_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                name="offer_live_once",
                condition=models.Q(state__in=["open", "taken"]),
            ),
            models.CheckConstraint(
                name="offer_ended_or_live",
                condition=models.Q(state__in=["open", "taken"], ended_at=None)
                | (~models.Q(state__in=["open", "taken"]) & models.Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["agent"],
                name="offer_live_of",
                condition=models.Q(state__in=["open", "taken"]),
            )
        ]
