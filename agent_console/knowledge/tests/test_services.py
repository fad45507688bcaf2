"""Writes: versions, who may, of two at once the second is told, what the start-up leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from agent_console.knowledge import errors
from agent_console.knowledge.models import Article, ArticleVersion
from agent_console.knowledge.services import (
    article_change,
    article_create,
    article_restore,
    article_review,
    article_step,
    articles_load,
)
from agent_console.knowledge.workflow import Act, State

from .conftest import WORDS, days_ahead

pytestmark = pytest.mark.django_db
Write = Callable[..., Article]


def change(article: Article, actor: User, **given: Any) -> Article:
    words = {**WORDS, **{k: v for k, v in given.items() if k in WORDS or k == "intent"}}
    return article_change(
        article_id=article.pk,
        seen=given.get("seen", article.version),
        content=words,
        owner=given.get("owner", actor),
        review_on=given.get("review_on", article.review_on),
        actor=actor,
    )


def test_each_act_is_a_version_with_who_and_what(write: Write, supervisor: User) -> None:
    article = write()
    article = change(article, supervisor, answer_fr="Autre chose.")
    article = article_restore(article_id=article.pk, seen=3, number=1, actor=supervisor)
    acts = list(article.versions.order_by("number").values_list("act", "actor__username"))
    assert acts == [(act, "nadia") for act in ("created", "published", "changed", "restored")]
    assert article.answer_fr == WORDS["answer_fr"]
    assert article.versions.get(number=3).content["answer_fr"] == "Autre chose."
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.update(act=Act.REVIEWED)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM knowledge_articleversion")


def test_what_did_not_change_is_no_version(write: Write, supervisor: User) -> None:
    article = write()
    assert change(article, supervisor).version == article.version
    assert article.versions.count() == 2


def test_of_two_editors_the_second_is_told(write: Write, supervisor: User) -> None:
    article = write()
    change(article, supervisor, answer_fr="Le premier.")
    with pytest.raises(errors.ChangedMeanwhile):
        change(article, supervisor, answer_fr="Le second.")
    assert Article.objects.get().answer_fr == "Le premier."


def test_nobody_writes_without_the_permission(write: Write, make_user: Callable[..., User]) -> None:
    article, stranger = write(), make_user("camille", "knowledge.read_articles")
    writing: list[Callable[[], Article]] = [
        lambda: change(article, stranger),
        lambda: article_create(
            code="x", content=WORDS, owner=None, review_on=days_ahead(9), actor=stranger
        ),
        lambda: article_step(article_id=article.pk, seen=2, act=Act.ARCHIVED, actor=stranger),
        lambda: article_restore(article_id=article.pk, seen=2, number=1, actor=stranger),
        lambda: article_review(
            article_id=article.pk, seen=2, review_on=days_ahead(9), actor=stranger
        ),
    ]
    for write_it in writing:
        with pytest.raises(errors.PermissionMissing):
            write_it()
    assert ArticleVersion.objects.count() == 2


def test_what_is_published_has_an_owner_and_a_review_to_come(
    write: Write, supervisor: User
) -> None:
    article = write(is_draft=True)
    Article.objects.update(review_on=days_ahead(0))
    with pytest.raises(errors.NotReady):
        article_step(article_id=article.pk, seen=1, act=Act.PUBLISHED, actor=supervisor)
    article = article_review(
        article_id=article.pk, seen=1, review_on=days_ahead(30), actor=supervisor
    )
    article = article_step(article_id=article.pk, seen=2, act=Act.PUBLISHED, actor=supervisor)
    with pytest.raises(errors.NotReady):
        change(article, supervisor, owner=None)
    with pytest.raises(errors.NotReady):
        article_review(article_id=article.pk, seen=3, review_on=days_ahead(0), actor=supervisor)
    with pytest.raises(errors.StepRefused):
        article_step(article_id=article.pk, seen=3, act=Act.PUBLISHED, actor=supervisor)


def test_one_published_article_answers_an_intent(write: Write, supervisor: User) -> None:
    write(intent="ask_how_to_earn")
    second = write("autre", is_draft=True, intent="ask_how_to_earn")
    with pytest.raises(errors.IntentTaken):
        article_step(article_id=second.pk, seen=1, act=Act.PUBLISHED, actor=supervisor)
    with pytest.raises(errors.CodeTaken):
        write("autre")


def test_the_start_up_brings_what_is_missing_and_touches_nothing(
    seeds: None, supervisor: User
) -> None:
    count = Article.objects.count()
    assert count >= 15
    assert ArticleVersion.objects.filter(actor=None, act=Act.CREATED).count() == count
    assert not Article.objects.exclude(state=State.PUBLISHED).exists()
    article = Article.objects.get(code="biodechets")
    article_step(article_id=article.pk, seen=1, act=Act.ARCHIVED, actor=supervisor)
    assert articles_load() == 0
    article.refresh_from_db()
    assert article.state == State.ARCHIVED
    assert ArticleVersion.objects.count() == count + 1
