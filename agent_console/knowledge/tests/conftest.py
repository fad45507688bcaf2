"""A supervisor who writes articles, an operator who reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.intake import access
from agent_console.knowledge.models import Article
from agent_console.knowledge.permissions import MANAGE, READ
from agent_console.knowledge.services import article_create, article_step, articles_load
from agent_console.knowledge.workflow import Act

BASE = "/console/connaissances/"
WORDS = {
    "title_fr": "Carte de tri perdue",
    "questions_fr": "J’ai perdu ma carte de tri\nMa carte ne marche plus",
    "answer_fr": "Un conseiller bloque l’ancienne carte et en rattache une autre.",
    "body_fr": "Sous « Cartes de tri ».",
    "source_label": "Métropole, cartes de tri",
    "source_url": "/offres/",
}


def days_ahead(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", READ, MANAGE, access.VIEW_CONVERSATIONS)


@pytest.fixture
def writes(supervisor: User) -> Client:
    browser = Client()
    browser.force_login(supervisor)
    return browser


@pytest.fixture
def reads(make_user: Callable[..., User]) -> Client:
    browser = Client()
    browser.force_login(make_user("camille", READ))
    return browser


@pytest.fixture
def seeds(db: None) -> None:
    articles_load()


@pytest.fixture
def write(supervisor: User) -> Callable[..., Article]:
    """An article, published unless asked otherwise."""

    def made(code: str = "carte-perdue", *, is_draft: bool = False, **words: Any) -> Article:
        article = article_create(
            code=code,
            content={**WORDS, **words},
            owner=supervisor,
            review_on=days_ahead(100),
            actor=supervisor,
        )
        if is_draft:
            return article
        return article_step(
            article_id=article.pk, seen=article.version, act=Act.PUBLISHED, actor=supervisor
        )

    return made
