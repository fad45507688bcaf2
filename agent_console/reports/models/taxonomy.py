"""What a report can be about; rows that a supervisor changes, not code."""

from django.db import models


class Service(models.Model):
    """The municipal service that owns a case."""

    code = models.CharField(max_length=32, primary_key=True)
    label = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.label


class Clock(models.TextChoices):
    """On which hours a deadline runs."""

    ALWAYS = "always", "Jour et nuit"
    WORKING = "working", "Heures ouvrées"


class Category(models.Model):
    """What a report can be about (Open311: a service); data, not code.

    Reports of the same ``family`` that lie within ``duplicate_radius_m`` and
    ``duplicate_age_days`` of each other may be the same; an empty family is never compared.
    ``data_version`` says up to which version of the shipped file the row was filled in: what is
    older gets the new columns once, and what a supervisor changed or removed stays so.
    """

    code = models.CharField(max_length=32, primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    label_fr = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    target_hours = models.PositiveIntegerField()
    reward_points = models.PositiveIntegerField()
    family = models.CharField(max_length=32, blank=True)
    duplicate_radius_m = models.PositiveSmallIntegerField(default=50)
    duplicate_age_days = models.PositiveSmallIntegerField(default=30)
    reopen_days = models.PositiveSmallIntegerField(default=30)
    data_version = models.PositiveSmallIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return self.label_fr

    @property
    def reward_rule(self) -> str:
        """The wallet's rule for this category; empty when nothing is earned."""
        return f"report.{self.code}" if self.reward_points else ""

    def label(self, locale: str) -> str:
        """The label in the reader's language, French unless it is English."""
        return self.label_en if locale.startswith("en") else self.label_fr


class QuestionKind(models.TextChoices):
    TEXT = "text", "Texte court"
    NUMBER = "number", "Nombre"
    CHOICE = "choice", "Choix"


class Question(models.Model):
    """What a category asks beside place and words, only when it was not said already.

    ``choices`` are ``{code, label_fr, label_en}``, for the kind ``choice`` only.  ``is_required``:
    asked until it is answered; a report that comes without the answer is taken in all the same.
    """

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(max_length=32)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=QuestionKind.choices)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="question_code"),
        ]

    def __str__(self) -> str:
        return self.label_fr

    def answer_label(self, value: str) -> str:
        """An answer as an agent reads it; what is no choice of ours is shown as stored."""
        return next((row["label_fr"] for row in self.choices if row["code"] == value), value)
