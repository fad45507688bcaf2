"""Bookings, what they hold, and everything that happened to them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.conversations.models import Conversation
from agent_console.places.models import Commune
from agent_console.references import format_reference

from ..workflow import LIVE, State
from .settings import Item
from .slots import Slot


class Reminder(models.TextChoices):
    """What became of the question of the evening before."""

    NONE = "none", "Pas encore demandé"
    SENT = "sent", "Question envoyée"
    TO_CALL = "to_call", "À rappeler"
    CALLED = "called", "Rappelé"


class Booking(models.Model):
    """One pickup.

    ``intake_key`` and ``intake_sha256`` make a repeated request return the first booking;
    ``label_key`` is the secret part of the label's public address; ``household`` is a keyed digest
    by which bookings of one household are counted.  ``objects`` and ``litres`` are sums of the
    items, kept for the slot's count and the lists.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, editable=False)
    label_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)  # where on the pavement, which door
    state = models.CharField(max_length=16, choices=State.choices, default=State.BOOKED)
    objects_count = models.PositiveIntegerField()
    litres = models.PositiveIntegerField()
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT)
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT)
    contact = models.CharField(max_length=120, blank=True)  # a name, a number: as little as helps
    household = models.BinaryField(max_length=32, editable=False)
    reminder = models.CharField(max_length=8, choices=Reminder.choices, default=Reminder.NONE)
    intake_key = models.CharField(max_length=120, unique=True, editable=False)
    intake_sha256 = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["slot", "state"], name="booking_slot"),
            models.Index(fields=["household", "-created_at"], name="booking_household"),
            models.Index(fields=["-created_at"], name="booking_recent"),
            models.Index(
                fields=["conversation"],
                name="booking_conversation",
                condition=Q(conversation__isnull=False),
            ),
        ]
        constraints = [
            # The first digit tells a pickup's reference from a report's.
            models.CheckConstraint(
                condition=Q(reference__regex=r"^9[0-9]{8}$"), name="booking_reference_kind"
            )
        ]

    @property
    def reference_display(self) -> str:
        """The reference in groups of three, as it is said and printed."""
        return format_reference(self.reference)

    @property
    def place_label(self) -> str:
        """Where it is, in one line."""
        return ", ".join(part for part in (self.address, self.commune.name) if part)

    @property
    def is_live(self) -> bool:
        """Whether the crew is expected."""
        return self.state in LIVE


class BookingItem(models.Model):
    """So many of one object; the volume is the catalogue's at the time of booking."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    litres_each = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "item"], name="booking_item_once")
        ]


class BookingStep(models.Model):
    """One step of a booking's life: append-only, enforced by the database.

    ``actor`` is a colleague, or nobody when it was the citizen or a job (``by`` says which).
    """

    class By(models.TextChoices):
        CITIZEN = "citizen", "Citoyen"
        STAFF = "staff", "Agent"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=16, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=16, choices=State.choices)
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=8, choices=By.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
