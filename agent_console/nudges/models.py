"""Points are the wallet's: of them this app keeps nothing.  Information campaigns are kept here."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Conversation


class NudgeRights(models.Model):
    """Carries the permissions; has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_nudges", "Peut consulter le pilotage des points"),
            ("change_rules", "Peut changer les règles et les campagnes"),
            ("decide_reviews", "Peut décider des cas à vérifier"),
            ("correct_points", "Peut proposer et décider des corrections"),
            ("run_campaigns", "Peut préparer et lancer des campagnes d’information"),
        ]


class Segment(models.TextChoices):
    """Who is told, by what they did with us within ``campaign_rules.KNOWN_FOR``."""

    EVERYBODY = "everybody", "Toute personne qui nous a écrit"
    REPORTERS = "reporters", "Qui a signalé un problème"
    PICKUPS = "pickups", "Qui a pris un rendez-vous d’encombrants"
    POINTS = "points", "Qui a un porte-monnaie de points"


class CampaignState(models.TextChoices):
    DRAFT = "draft", "En préparation"
    RUNNING = "running", "Lancée"
    PAUSED = "paused", "En pause"
    ENDED = "ended", "Arrêtée"


class InfoCampaign(models.Model):
    """A message that residents are told once, by the channel they use, during a period.

    ``text_en`` empty: only who writes in French is told.  ``communes``: INSEE numbers of where they
    reported or booked, empty for everywhere.  ``daily_max`` people a day, in Paris.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    text_fr = models.TextField(max_length=400)
    text_en = models.TextField(max_length=400, blank=True, default="")
    segment = models.CharField(max_length=12, choices=Segment.choices)
    communes = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    channels = ArrayField(models.CharField(max_length=16, choices=ChannelCode.choices))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    daily_max = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8, choices=CampaignState.choices, default=CampaignState.DRAFT
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="info_campaign_in_order", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], name="info_campaign_running", condition=Q(state="running")
            )
        ]


class InfoCampaignChange(models.Model):
    """Who wrote, launched or stopped it, from what to what; append-only by trigger."""

    campaign = models.ForeignKey(InfoCampaign, on_delete=models.PROTECT, related_name="changes")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()


class InfoCampaignTold(models.Model):
    """A conversation in which a campaign was told; what became of it stands in its notice.

    It goes with the conversation, so nothing is left of who is erased.
    """

    campaign = models.ForeignKey(InfoCampaign, on_delete=models.PROTECT, related_name="told")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "conversation"], name="info_campaign_once")
        ]
