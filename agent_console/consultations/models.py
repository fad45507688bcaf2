"""A question to residents, who has voted, sealed ballots, and what was counted.

No row says what somebody voted.  ``RollEntry`` knows who, ``SealedBallot`` holds an envelope that
the database can't open, and after the count only sums (``Tally``) and bare receipt codes
(``CountedBallot``) are left.  None of these has a time, a sequence, or a key of another one:
``docs/consultations.md`` says against whom this holds.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.places.models import Commune

from .workflow import Action, State

TITLE_CHARS_MAX = 120
QUESTION_CHARS_MAX = 300
TEXT_CHARS_MAX = 4000
LABEL_CHARS_MAX = 160
REASON_CHARS_MAX = 300
PROPOSAL_CHARS_MAX = 500


class Consultation(models.Model):
    """One question.  Its words are frozen while it is open: ``services`` sees to that.

    ``communes`` empty: everybody of the Metropolis.  ``urn_fingerprint`` tells whether the key
    found outside the database is the one that ballots are sealed with; it opens nothing.
    ``spoiled_count``: people on the roll without a valid ballot at the count;
    ``foreign_count``: envelopes that belong to nobody on the roll.  Both are 0 unless rows were
    tampered with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title_fr = models.CharField(max_length=TITLE_CHARS_MAX)
    title_en = models.CharField(max_length=TITLE_CHARS_MAX)
    question_fr = models.CharField(max_length=QUESTION_CHARS_MAX)
    question_en = models.CharField(max_length=QUESTION_CHARS_MAX)
    text_fr = models.TextField(max_length=TEXT_CHARS_MAX)
    text_en = models.TextField(max_length=TEXT_CHARS_MAX)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    communes = models.ManyToManyField(Commune, blank=True, related_name="+")
    accepts_proposals = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    urn_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    ballots_count = models.PositiveIntegerField(null=True, editable=False)
    spoiled_count = models.PositiveIntegerField(default=0, editable=False)
    foreign_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-ends_at", "id"]
        permissions = [
            ("manage_consultations", "Peut préparer, ouvrir, clore et publier une consultation"),
            ("moderate_proposals", "Peut accepter ou refuser les propositions des habitants"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="consultation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | ~Q(urn_fingerprint=""),
                name="consultation_open_has_urn",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(counted_at__isnull=False),
                name="consultation_published_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.title_fr


class Choice(models.Model):
    """One answer that may be chosen, in its place on the ballot."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=LABEL_CHARS_MAX)
    label_en = models.CharField(max_length=LABEL_CHARS_MAX)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "position"], name="choice_place"),
        ]

    def __str__(self) -> str:
        return self.label_fr


class Step(models.Model):
    """What was done to a consultation, by whom and why; append-only, enforced by the database.

    ``actor`` is null for what its date did.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=9, choices=Action.choices)
    reason = models.CharField(max_length=REASON_CHARS_MAX, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]


class RollEntry(models.Model):
    """Somebody has voted.  Append-only; no time, no order, and nothing of the ballot.

    ``voter`` and ``key``: keyed digests of the resident and of the request's idempotency key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="roll")
    voter = models.BinaryField(max_length=32)
    key = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "voter"], name="one_vote_each"),
        ]


class SealedBallot(models.Model):
    """An envelope of fixed length, until the count; ``urn`` seals and opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="sealed")
    envelope = models.BinaryField()


class Tally(models.Model):
    """How many chose it in a commune; ``commune`` null: in all places too small to be told apart.

    Written once, at the count, and only as sums that ``disclosure`` lets through.
    """

    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="tallies")
    commune = models.ForeignKey(Commune, null=True, on_delete=models.PROTECT, related_name="+")
    votes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["choice", "commune"], name="tally_once", nulls_distinct=False
            ),
        ]


class CountedBallot(models.Model):
    """The receipt code of a counted ballot: that it counted, not for what."""

    code = models.CharField(primary_key=True, max_length=16)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="counted")

    class Meta:
        ordering = ["code"]


class RewardState(models.TextChoices):
    """Where the points for a vote stand."""

    WAITING = "waiting", "À demander"
    POSTED = "posted", "Versé"
    PENDING = "pending", "En attente"
    REFUSED = "refused", "Refusé"


class VoteReward(models.Model):
    """Points for having voted, whatever was voted.  ``evidence`` is all that the wallet learns."""

    evidence = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="vote_rewards")
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    state = models.CharField(max_length=8, choices=RewardState.choices, default=RewardState.WAITING)
    points = models.PositiveIntegerField(null=True)
    refusal_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "resident"], name="vote_reward_once"),
        ]


class ProposalState(models.TextChoices):
    """A proposal's life: its words are masked before a person reads them."""

    RECEIVED = "received", "Reçue"
    WAITING = "waiting", "À modérer"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"


class Proposal(models.Model):
    """What a resident proposes beside the choices.

    ``text`` is what they wrote until the worker has masked it, then only the masked words.
    ``author``: a keyed digest of another domain than the roll's, so that the two don't meet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="proposals"
    )
    author = models.BinaryField(max_length=32)
    text = models.CharField(max_length=PROPOSAL_CHARS_MAX)
    state = models.CharField(
        max_length=8, choices=ProposalState.choices, default=ProposalState.RECEIVED
    )
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["consultation", "state"], name="proposal_queue"),
            models.Index(fields=["consultation", "author"], name="proposal_author"),
        ]


class ProposalDecision(models.Model):
    """Who accepted or refused a proposal, and why; append-only, the newest holds."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    is_accepted = models.BooleanField()
    reason = models.CharField(max_length=REASON_CHARS_MAX, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
