"""Articles, and every version that one of them ever had."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from agent_console.conversations.models import SEARCH_CONFIG

from .workflow import Act, State

FRENCH, ENGLISH = SEARCH_CONFIG, "english"
ANSWER_CHARS_MAX = 480
# What the assistant understands and answers from here.
INTENTS = {"ask_how_to_earn": "Comment gagner des points ?"}
CONTENT = (
    "title_fr",
    "questions_fr",
    "answer_fr",
    "body_fr",
    "title_en",
    "questions_en",
    "answer_en",
    "body_en",
    "source_label",
    "source_url",
    "intent",
)


def _words(locale: str, config: str) -> Any:
    """How people ask counts most, then what is answered, then the details."""
    return (
        SearchVector(f"title_{locale}", f"questions_{locale}", weight="A", config=config)
        + SearchVector(f"answer_{locale}", weight="B", config=config)
        + SearchVector(f"body_{locale}", weight="C", config=config)
    )


class Article(models.Model):
    """What is answered to a question, in words that can be said, with where they come from.

    ``answer``: at most 480 characters, as it is read aloud, sent and quoted; ``body``: details for
    colleagues.  ``questions``: how people ask, one a line.  English is optional.  ``source_url``:
    https, or a path of our public pages.  ``intent``: what the assistant understood when it
    answers this without searching.  ``version`` grows with every act.
    """

    code = models.SlugField(max_length=60, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    title_fr = models.CharField(max_length=120)
    questions_fr = models.TextField(blank=True)
    answer_fr = models.CharField(max_length=ANSWER_CHARS_MAX)
    body_fr = models.TextField(blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    questions_en = models.TextField(blank=True)
    answer_en = models.CharField(max_length=ANSWER_CHARS_MAX, blank=True)
    body_en = models.TextField(blank=True)
    source_label = models.CharField(max_length=160)
    source_url = models.CharField(max_length=300, blank=True)
    intent = models.CharField(max_length=64, blank=True, choices=list(INTENTS.items()))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    review_on = models.DateField()
    updated_at = models.DateTimeField(auto_now=True)
    search_fr = models.GeneratedField(
        expression=_words("fr", FRENCH), output_field=SearchVectorField(), db_persist=True
    )
    search_en = models.GeneratedField(
        expression=_words("en", ENGLISH), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        default_permissions = ()
        ordering = ["title_fr", "id"]
        permissions = [
            ("read_articles", "Peut chercher dans les connaissances"),
            ("manage_articles", "Peut écrire, relire et publier les connaissances"),
        ]
        indexes = [
            GinIndex(fields=["search_fr"], name="article_words_fr"),
            GinIndex(fields=["search_en"], name="article_words_en"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["intent"],
                condition=Q(state=State.PUBLISHED) & ~Q(intent=""),
                name="article_one_for_an_intent",
            ),
            models.CheckConstraint(
                name="article_english_whole",
                condition=Q(title_en="", answer_en="") | (~Q(title_en="") & ~Q(answer_en="")),
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page in the console."""
        return reverse("knowledge:article", args=[self.pk])

    @property
    def source_address(self) -> str:
        """The source as a whole address; empty when it has none."""
        if self.source_url.startswith("/"):
            return f"{settings.PUBLIC_BASE_URL}{self.source_url}"
        return self.source_url

    @property
    def has_english(self) -> bool:
        """Whether it can be said in English."""
        return bool(self.answer_en)


class ArticleVersion(models.Model):
    """One act on an article and what it then said; append-only, enforced by the database.

    ``content`` holds the fields of ``CONTENT``, and the review date.  No ``actor``: the start-up.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=9, choices=Act.choices)
    content = models.JSONField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once")
        ]
