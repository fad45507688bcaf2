"""Corrections of what the assistant missed, who decided what, and the files they became."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Lower

from agent_console.conversations.models import Message
from agent_console.meanings import intents, understood_label

from .patch import Example
from .sentence import Mark, Piece, pieces
from .workflow import LIVE, Act, Reason, State


class Export(models.Model):
    """A file of training data as it was made; never changed.  No ``actor``: the command line."""

    content = models.TextField()
    count = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]


class Correction(models.Model):
    """What a missed sentence means: a proposal that somebody else accepts or refuses.

    ``text`` is the sentence masked, by the machine and further by the author; the original stays in
    the conversation.  ``entities``: ``[[name, start, end], …]``.  ``understood`` and ``confidence``
    (0 to 1) are what the assistant took it for.  ``message`` is null once the conversation is gone;
    no constraint of the database holds on to it, so that a simulated one can be removed.
    """

    message = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    text = models.TextField(blank=True)
    entities = models.JSONField(default=list, blank=True)
    intent = models.CharField(max_length=64)
    category = models.CharField(max_length=32, blank=True)
    understood = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    export = models.ForeignKey(
        Export, null=True, on_delete=models.PROTECT, related_name="corrections"
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("correct_sentences", "Peut corriger ce que l’assistant n’a pas compris"),
            ("review_corrections", "Peut accepter ou refuser les corrections des autres"),
            ("export_training", "Peut exporter les corrections acceptées"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="correction_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=Q(state__in=LIVE), name="correction_one_live"
            ),
            # Of its digest: an index holds no long sentences.
            models.UniqueConstraint(
                MD5(Lower("text")),
                condition=Q(state=State.ACCEPTED),
                name="correction_accepted_once",
            ),
            models.CheckConstraint(
                name="correction_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("author")),
            ),
            models.CheckConstraint(
                name="correction_decided",
                condition=Q(state__in=[State.ACCEPTED, State.REFUSED], decided_by__isnull=False)
                | Q(state=State.PROPOSED, decided_by=None)
                | Q(state=State.DROPPED, text=""),
            ),
            models.CheckConstraint(
                name="correction_exported_accepted",
                condition=Q(export=None) | Q(state=State.ACCEPTED),
            ),
        ]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The entities in order."""
        return tuple(sorted(Mark(start, end, entity) for entity, start, end in self.entities))

    @property
    def example(self) -> Example:
        """As training data."""
        return Example(self.intent, self.category, self.text, self.marks)

    @property
    def pieces(self) -> list[Piece]:
        """As it is shown."""
        return pieces(self.text, self.marks)

    @property
    def intent_label(self) -> str:
        """In French; a name that is gone since stays as it was."""
        found = intents().get(self.intent)
        return found.label if found else self.intent

    @property
    def understood_label(self) -> str:
        """What the assistant took it for, in French."""
        return understood_label(self.understood)


class Step(models.Model):
    """One thing that happened to a correction; append-only, enforced by the database."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=8, choices=Act.choices)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
