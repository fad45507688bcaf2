"""Reports and their history."""

import uuid

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.conversations.models import Conversation
from agent_console.places.models import Commune
from agent_console.references import format_reference

from ..workflow import ClosureReason, RejectionReason, State
from .competence import Body
from .reading import READ_INDEXES
from .taxonomy import Category, Service


class OnBehalf(models.TextChoices):
    """For whom somebody reports."""

    SELF = "self", "Pour soi"
    RELATIVE = "relative", "Pour un proche"
    CARER = "carer", "Comme aidant"
    FRANCE_SERVICES = "france_services", "Par un espace France Services"


class Report(models.Model):
    """One signalement.

    ``intake_key`` and ``intake_sha256`` make a repeated intake return the first report.  ``place``
    is a landmark in words; ``commune`` is null only while coordinates alone say where it is
    (WGS 84, degrees).  ``answers`` maps the code of an extra question to its answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    commune = models.ForeignKey(Commune, null=True, on_delete=models.PROTECT)
    address = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    description = models.TextField(blank=True)
    answers = models.JSONField(default=dict, blank=True)
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    on_behalf = models.CharField(max_length=16, choices=OnBehalf.choices, default=OnBehalf.SELF)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT)
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT)
    # The colleague who wrote down what came by phone, letter, e-mail or at the counter.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_to = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    # Who is competent when it was taken in or its category changed; null: no rule says anything.
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # What opens the receipt's page, to whoever was given its address: of no other use.
    receipt_key = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    intake_key = models.CharField(max_length=120, unique=True, editable=False)
    intake_sha256 = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Kept by the database, whoever changes the row.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="report_recent"),
            # The lists page by (created_at, id): each filter finds its rows in that order.
            models.Index(fields=["state", "-created_at", "-id"], name="report_state_recent"),
            models.Index(
                fields=["assigned_to", "-created_at", "-id"], name="report_service_recent"
            ),
            models.Index(fields=["commune", "-created_at", "-id"], name="report_commune_recent"),
            models.Index(
                fields=["due_at"],
                name="report_due",
                condition=Q(closed_at=None, due_at__isnull=False),
            ),
            *READ_INDEXES,
        ]
        constraints = [
            models.CheckConstraint(
                name="report_coordinates",
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__isnull=False,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
            ),
            models.CheckConstraint(
                name="report_not_its_own_duplicate",
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=models.F("id")),
            ),
            models.CheckConstraint(
                name="report_is_somewhere",
                condition=Q(commune__isnull=False) | Q(latitude__isnull=False),
            ),
        ]
        permissions = [
            ("validate_report", "Peut valider un signalement"),
            ("reject_report", "Peut rejeter un signalement"),
            ("assign_report", "Peut confier un signalement à un service"),
            ("work_report", "Peut traiter un signalement sur le terrain"),
            ("reopen_report", "Peut rouvrir un signalement"),
            ("recategorise_report", "Peut changer la catégorie d’un signalement"),
        ]

    @property
    def reference_display(self) -> str:
        """The reference in groups of three, as it is said and printed."""
        return format_reference(self.reference)

    @property
    def place_label(self) -> str:
        """Where it is, in one line."""
        commune = self.commune.name if self.commune else ""
        words = ", ".join(part for part in (self.address, self.place, commune) if part)
        return words or f"{self.latitude:.5f}, {self.longitude:.5f}"

    @property
    def is_late(self) -> bool:
        """Whether it is open and should have been dealt with by now."""
        return self.closed_at is None and self.due_at is not None and self.due_at < timezone.now()

    @property
    def answers_in_words(self) -> list[tuple[str, str]]:
        """Questions and answers as an agent reads them; ``category.questions`` is best fetched."""
        return [
            (question.label_fr, question.answer_label(self.answers[question.code]))
            for question in self.category.questions.all()
            if question.code in self.answers
        ]

    @property
    def answers_as_written(self) -> list[tuple[str, str]]:
        """Questions and answers that were masked, as they were sent."""
        written = self.screening.answers
        return [
            (question.label_fr, written[question.code])
            for question in self.category.questions.all()
            if question.code in written
        ]

    @property
    def locale(self) -> str:
        """The language in which its author is spoken to."""
        return self.conversation.locale if self.conversation else "fr"


class Transition(models.Model):
    """One step of a report's life: append-only, enforced by the database.

    ``reason_code`` is one of ``workflow``'s lists when the step has one; ``reason`` is in words.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices)
    action = models.CharField(max_length=16, blank=True)
    reason_code = models.CharField(max_length=32, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    @property
    def reason_label(self) -> str:
        """The chosen reason in words; a code of former times is shown as stored."""
        known = {**dict(RejectionReason.choices), **dict(ClosureReason.choices)}
        return known.get(self.reason_code, self.reason_code)
