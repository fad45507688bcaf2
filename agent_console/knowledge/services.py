"""Writes of articles.  Each public function is ONE transaction: the article and its version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from .errors import (
    ChangedMeanwhile,
    CodeTaken,
    IntentTaken,
    NotReady,
    PermissionMissing,
    StepRefused,
    VersionUnknown,
)
from .models import CONTENT, Article, ArticleVersion
from .permissions import MANAGE
from .workflow import STEPS, Act, State

_SEEDS = Path(__file__).parent / "data" / "articles.yaml"
_FIRST_REVIEW = timedelta(days=180)


@transaction.atomic
def articles_load() -> int:
    """Insert the articles of ``data/articles.yaml`` that are missing; how many were.

    What is there is left alone, archived or not: a supervisor's word outlives every start.  They
    have no owner yet, so that they stand among those to review until somebody answers for them.
    """
    rows = yaml.safe_load(_SEEDS.read_text(encoding="utf-8"))["articles"]
    known = set(Article.objects.values_list("code", flat=True))
    review_on = timezone.localdate() + _FIRST_REVIEW
    made = [
        Article(state=State.PUBLISHED, review_on=review_on, **_seed(row))
        for row in rows
        if row["code"] not in known
    ]
    # Of two starts at once the second finds them taken.
    Article.objects.bulk_create(made, ignore_conflicts=True)
    fresh = Article.objects.filter(code__in=[one.code for one in made], versions=None)
    for article in fresh.select_for_update(of=("self",)):
        _record(article, Act.CREATED, actor=None)
    return len(made)


@transaction.atomic
def article_create(
    *, code: str, content: Mapping[str, Any], owner: User | None, review_on: date, actor: User
) -> Article:
    """A draft.  Raises ``PermissionMissing``, ``CodeTaken``."""
    _check(actor)
    article = Article(code=code, owner=owner, review_on=review_on, **_content(content))
    try:
        with transaction.atomic():
            article.save(force_insert=True)
    except IntegrityError as error:
        raise CodeTaken from error
    _record(article, Act.CREATED, actor=actor)
    return article


@transaction.atomic
def article_change(
    *,
    article_id: int,
    seen: int,
    content: Mapping[str, Any],
    owner: User | None,
    review_on: date,
    actor: User,
) -> Article:
    """Other words, another owner or review date; unchanged it writes nothing.

    ``seen``: the version that the editor had before their eyes.  Raises ``PermissionMissing``,
    ``ChangedMeanwhile``, ``IntentTaken``, ``NotReady`` for a published one without an owner.
    """
    _check(actor)
    article = _locked(article_id, seen)
    before = _snapshot(article)
    for name, value in _content(content).items():
        setattr(article, name, value)
    article.owner, article.review_on = owner, review_on
    if _snapshot(article) == before:
        return article
    if article.state == State.PUBLISHED and owner is None:
        raise NotReady
    return _next(article, Act.CHANGED, actor=actor)


@transaction.atomic
def article_review(*, article_id: int, seen: int, review_on: date, actor: User) -> Article:
    """It was read again and still holds, until ``review_on``; whoever read it answers for an
    article that nobody owned.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``NotReady`` for a date that is over.
    """
    _check(actor)
    article = _locked(article_id, seen)
    article.owner, article.review_on = article.owner or actor, review_on
    _require_ready(article)
    return _next(article, Act.REVIEWED, actor=actor)


@transaction.atomic
def article_step(*, article_id: int, seen: int, act: Act, actor: User) -> Article:
    """Publish, withdraw or archive.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``StepRefused``, ``NotReady``,
    ``IntentTaken``.
    """
    _check(actor)
    article = _locked(article_id, seen)
    state = STEPS.get((article.state, act))
    if state is None:
        raise StepRefused
    if state == State.PUBLISHED:
        _require_ready(article)
    article.state = state
    return _next(article, act, actor=actor)


@transaction.atomic
def article_restore(*, article_id: int, seen: int, number: int, actor: User) -> Article:
    """Say again what version ``number`` said, as a version more.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``VersionUnknown``, ``IntentTaken``.
    """
    _check(actor)
    article = _locked(article_id, seen)
    version = article.versions.filter(number=number).first()
    if version is None:
        raise VersionUnknown
    for name, value in _content(version.content).items():
        setattr(article, name, value)
    return _next(article, Act.RESTORED, actor=actor)


def _seed(row: Mapping[str, Any]) -> dict[str, Any]:
    questions = {name: "\n".join(row.get(name, [])) for name in ("questions_fr", "questions_en")}
    return {"code": row["code"], **_content({**row, **questions})}


def _content(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(given.get(name) or "").strip() for name in CONTENT}


def _snapshot(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in CONTENT} | {
        "owner": article.owner_id,
        "review_on": article.review_on.isoformat(),
    }


def _check(actor: User) -> None:
    if not actor.has_perm(MANAGE):
        raise PermissionMissing


def _locked(article_id: int, seen: int) -> Article:
    article = Article.objects.select_for_update(of=("self",)).get(pk=article_id)
    if article.version != seen:
        raise ChangedMeanwhile
    return article


def _require_ready(article: Article) -> None:
    if article.owner_id is None or article.review_on <= timezone.localdate():
        raise NotReady


def _next(article: Article, act: Act, *, actor: User) -> Article:
    article.version += 1
    try:
        with transaction.atomic():
            article.save()
    except IntegrityError as error:
        raise IntentTaken from error
    _record(article, act, actor=actor)
    return article


def _record(article: Article, act: Act, *, actor: User | None) -> None:
    ArticleVersion.objects.create(
        article=article, number=article.version, act=act, content=_snapshot(article), actor=actor
    )
