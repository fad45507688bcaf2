"""Finding an article: generously for a colleague who chooses, strictly for an assistant who speaks.

Both use PostgreSQL's full text: stems, accents and capitals ignored (conversations,
migration 0060).
"""

from __future__ import annotations

import re
from typing import Literal

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Func, IntegerField, QuerySet

from .models import ENGLISH, FRENCH, Article
from .workflow import State

Locale = Literal["fr", "en"]
_CONFIG = {"fr": FRENCH, "en": ENGLISH}
_WORD = re.compile(r"[^\W_]+")
_WORDS_MAX = 16
# Words of asking, which no article needs to hold: the dictionaries keep them.
_ASKING = {
    "fr": frozenset(
        _WORD.findall(
            "bonjour bonsoir svp stp merci comment quoi quel quelle quels quelles où ou quand"
            " combien pourquoi savoir voudrais voulais veux peux peut puis dire dites"
            " expliquer expliquez faire fait marche faut cest est ce y il aimerais besoin"
            " plait plaît les cet cette ils elles si même être avoir"
        )
    ),
    "en": frozenset(
        _WORD.findall(
            "hello hi please thanks thank how what which where when why much many know want"
            " would like could can may tell explain do does make need work works"
        )
    ),
}


def articles_found(*, words: str, locale: Locale = "fr", limit: int) -> list[Article]:
    """Published ones for what is typed so far, the fittest first; the last word may be unfinished.

    All words first; where no article holds them all, any of them.  In English only what is
    translated.
    """
    terms = _terms(words)
    if not terms:
        return []
    return list(ranked(_published(locale), terms, locale)[:limit])


def ranked(articles: QuerySet[Article], terms: list[str], locale: Locale) -> QuerySet[Article]:
    """Those of ``articles`` that hold the words, the fittest first."""
    started = [*terms[:-1], f"{terms[-1]}:*"]
    found = articles.none()
    for joined in (" & ".join(started), " | ".join(started)):
        query = SearchQuery(joined, config=_CONFIG[locale], search_type="raw")
        rank = SearchRank(F(f"search_{locale}"), query)
        found = articles.filter(**{f"search_{locale}": query}).annotate(rank=rank)
        found = found.order_by("-rank", "id")
        if found.exists():
            break
    return found


def article_for_intent(*, intent: str, locale: Locale) -> Article | None:
    """The published one that answers what the assistant understood."""
    return _published(locale).exclude(intent="").filter(intent=intent).first()


def article_asked_for(*, text: str, locale: Locale) -> Article | None:
    """The published one whose title and questions hold EVERY meaningful word of ``text``, of which
    there are at least two: the assistant says nothing that was not asked."""
    asking = _ASKING[locale]
    terms = [word for word in _terms(text, most=None) if word not in asking]
    if not 2 <= len(terms) <= _WORDS_MAX:
        return None
    joined = " & ".join(f"{word}:A" for word in terms)
    query = SearchQuery(joined, config=_CONFIG[locale], search_type="raw")
    found = _published(locale).filter(**{f"search_{locale}": query})
    # The dictionary drops words of its own: two must be left, joined by one operator.
    nodes = Func(query, function="numnode", output_field=IntegerField())
    found = found.alias(nodes=nodes).filter(nodes__gte=3)
    rank = SearchRank(F(f"search_{locale}"), query)
    return found.order_by(rank.desc(), "id").first()


def search_terms(words: str) -> list[str]:
    """The words of a search, none when there is nothing to look for."""
    return _terms(words)


def _terms(words: str, *, most: int | None = _WORDS_MAX) -> list[str]:
    return _WORD.findall(words.lower())[:most]


def _published(locale: Locale) -> QuerySet[Article]:
    found = Article.objects.filter(state=State.PUBLISHED)
    return found if locale == "fr" else found.exclude(answer_en="")
