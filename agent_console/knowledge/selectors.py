"""Reads of the pages: articles by state, those to review, one with its history."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Article
from .permissions import MANAGE
from .searching import Locale, ranked, search_terms
from .workflow import State


def _to_review() -> Q:
    over = Q(review_on__lte=timezone.localdate()) | Q(owner=None) | Q(owner__is_active=False)
    return Q(state=State.PUBLISHED) & over


def articles(*, state: str = "", words: str = "", only_review: bool = False) -> QuerySet[Article]:
    """By title; with words the fittest first.  ``state`` empty: all but the archived."""
    found = Article.objects.select_related("owner")
    found = found.filter(state=state) if state else found.exclude(state=State.ARCHIVED)
    if only_review:
        found = found.filter(_to_review()).order_by("review_on", "title_fr")
    if terms := search_terms(words):
        found = ranked(found, terms, "fr")
    return found


def review_count() -> int:
    """How many published articles are overdue, or have nobody who answers for them."""
    return Article.objects.filter(_to_review()).count()


def article_find(*, article_id: int) -> Article | None:
    """One, with its owner."""
    return Article.objects.select_related("owner").filter(pk=article_id).first()


def owners() -> QuerySet[User]:
    """Who may answer for an article."""
    return User.objects.with_perm(MANAGE).filter(is_active=True).order_by("first_name", "username")


def is_overdue(article: Article) -> bool:
    """Whether its review date has come."""
    return article.review_on <= timezone.localdate()


@dataclass(frozen=True)
class Said:
    """An article in one language: what is read aloud, and what is put into a reply."""

    article: Article
    title: str
    answer: str
    body: str
    locale: Locale

    @property
    def quotation(self) -> str:
        """The answer with its source, as it stands in a message."""
        source = ", ".join(filter(None, [self.article.source_label, self.article.source_address]))
        colon = "\N{NO-BREAK SPACE}: " if self.locale == "fr" else ": "
        return f"{self.answer}\nSource{colon}{source}"


def said(article: Article, locale: Locale) -> Said:
    """In ``locale`` where it is translated, else in French."""
    used: Locale = locale if locale == "fr" or article.has_english else "fr"
    title, answer, body = (
        getattr(article, f"{name}_{used}") for name in ("title", "answer", "body")
    )
    return Said(article=article, title=title, answer=answer, body=body, locale=used)
