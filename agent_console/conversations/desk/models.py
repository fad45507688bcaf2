"""What the desk keeps beside a conversation; who holds it stands on the conversation itself."""

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models


class WaitingReason(models.TextChoices):
    """Why a conversation came into the queue."""

    ASKED = "asked", "demande une personne"
    NOT_UNDERSTOOD = "not_understood", "n’a pas été comprise"
    TRANSFERRED = "transferred", "transmise par un collègue"
    RETURNED = "returned", "laissée par un agent qui s’est absenté"


class Team(models.Model):
    """Colleagues to whom a conversation can be handed as a whole."""

    name = models.CharField("Nom", max_length=60, unique=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="desk_teams", verbose_name="Membres"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EntryKind(models.TextChoices):
    NOTE = "note", "Note interne"
    ASKED = "asked", "En attente d’une personne"
    TAKEN = "taken", "Conversation prise"
    HANDED_BACK = "handed_back", "Rendue à l’assistant"
    TO_COLLEAGUE = "to_colleague", "Transmise"
    TO_TEAM = "to_team", "Transmise à l’équipe"
    RELEASED = "released", "Remise dans la file"


class DeskEntry(models.Model):
    """Something that colleagues read in the conversation and the citizen never does.

    Nobody changes it afterwards.  It stands after the message ``after_seq``.  ``key`` makes a note
    that is sent twice one note.  ``text``: the note's words, a transfer's, or the summary of a
    conversation handed back.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="entries"
    )
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    after_seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(default="")
    key = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class Mention(models.Model):
    """A note names a colleague; ``read_at``: since when they know."""

    entry = models.ForeignKey(DeskEntry, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="mention_once")]
        indexes = [
            models.Index(fields=["user"], name="mention_unread", condition=models.Q(read_at=None))
        ]


class ReplyTemplate(models.Model):
    """Words that operators need every day; a supervisor writes them.

    ``{reference}`` and its like (``templating.VARIABLES``) are filled in for the conversation.
    ``intent``: what the assistant must understand for it to be proposed; empty: never by itself.
    """

    name = models.CharField("Nom", max_length=80, unique=True)
    text = models.TextField("Texte", max_length=1000, validators=[MinLengthValidator(2)])
    locale = models.CharField(
        "Langue", max_length=5, default="fr", choices=[("fr", "Français"), ("en", "Anglais")]
    )
    is_active = models.BooleanField("Proposée aux agents", default=True)
    intent = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What an agent is writing and has not sent: a reload or another computer finds it again.

    ``key`` is the idempotency key of the reply that it will be, ``photo_id`` a stored photo that
    will go with it.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="drafts"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    text = models.TextField()
    photo_id = models.UUIDField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author"], name="draft_of_one_author")
        ]


class Viewer(models.Model):
    """Who has the conversation before them, and since when they write; old rows mean nothing."""

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="viewers"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    typing_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="viewer_once")]


class Attendance(models.Model):
    """When an agent last did something at the desk: what they hold waits for nobody who left."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    active_at = models.DateTimeField(db_index=True)


__all__ = [
    "Attendance",
    "DeskEntry",
    "Draft",
    "EntryKind",
    "Mention",
    "ReplyTemplate",
    "Team",
    "Viewer",
    "WaitingReason",
]
