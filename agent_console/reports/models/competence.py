"""Who is competent for what and where; rows that a supervisor edits."""

from django.db import models
from django.db.models import Q

from agent_console.places.models import Commune

from .taxonomy import Category


class BodyKind(models.TextChoices):
    METROPOLIS = "metropolis", "Métropole"
    COMMUNE = "commune", "Commune"
    STATE_ROAD = "state_road", "Routes de l’État ou du Département"
    LANDLORD = "landlord", "Bailleur"
    PRIVATE = "private", "Terrain privé"
    NETWORK = "network", "Exploitant de réseau"


class Handover(models.TextChoices):
    """How a body gets what is not the Metropolis'."""

    NONE = "none", "Traité par la Métropole"
    EMAIL = "email", "Par courriel"
    BY_HAND = "by_hand", "Par un agent (téléphone, extranet…)"
    CITIZEN = "citizen", "Par le citoyen lui-même : la bonne porte lui est indiquée"


class Body(models.Model):
    """One who may be competent.  ``is_default``: shipped as an example, nobody has checked it."""

    code = models.SlugField(max_length=32, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=BodyKind.choices)
    handover = models.CharField(max_length=8, choices=Handover.choices)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    web = models.URLField(blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ours(self) -> bool:
        """Whether the Metropolis deals with it."""
        return self.kind == BodyKind.METROPOLIS

    @property
    def door(self) -> str:
        """How to reach it, in one line; empty when nothing is known."""
        return ", ".join(part for part in (self.phone, self.web) if part)


class CompetenceRule(models.Model):
    """Category × commune → body; an empty side means any.

    The highest ``priority`` decides, then the rule that names more.  A rule for Marseille holds in
    its arrondissements.
    """

    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE)
    commune = models.ForeignKey(Commune, null=True, blank=True, on_delete=models.CASCADE)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="rules")
    priority = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["-priority", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "commune", "priority"],
                name="competence_rule_once",
                nulls_distinct=False,
            )
        ]


class ForwardState(models.TextChoices):
    QUEUED = "queued", "Courriel à envoyer"
    TO_DO = "to_do", "À transmettre"
    SENT = "sent", "Courriel envoyé"
    DONE = "done", "Transmis"
    NAMED = "named", "Bonne porte indiquée"


class Forward(models.Model):
    """A report handed to the body that is competent; one per report and body."""

    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="forwards")
    body = models.ForeignKey(Body, on_delete=models.PROTECT)
    state = models.CharField(max_length=8, choices=ForwardState.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        "auth.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "body"], name="forward_once"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="forward_to_do", condition=Q(state="to_do"))
        ]
