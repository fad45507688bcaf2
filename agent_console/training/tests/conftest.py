"""Missed sentences, and two supervisors who correct them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.analytics.models import MissedSentence
from agent_console.analytics.permissions import VIEW
from agent_console.analytics.tests.histories import MONDAY, Talk
from agent_console.conversations.models import Author, Message, Turn
from agent_console.training.models import Correction
from agent_console.training.patch import Example
from agent_console.training.permissions import ANY
from agent_console.training.sentence import marked
from agent_console.training.services import correction_decide, correction_propose
from agent_console.training.workflow import Act


def missed(text: str, *, intent: str = "nlu_fallback", confidence: float = 0.31) -> MissedSentence:
    """A sentence of somebody's that was not understood; ``text`` is masked already."""
    talk = Talk().say(Author.CITIZEN, "Ce qui a été écrit, avec des noms", intent=intent)
    Turn.objects.filter(conversation=talk.row).update(confidence=confidence)
    message = Message.objects.get(conversation=talk.row)
    return MissedSentence.objects.create(message=message, episode_day=MONDAY.date(), text=text)


def example(text: str, intent: str = "greet", category: str = "", **entities: str) -> Example:
    """A meaning, with the words of each entity."""
    marks = marked(text, {name: [words] for name, words in entities.items()})
    return Example(intent, category, text, tuple(marks))


@pytest.fixture
def author(make_user: Callable[..., User]) -> User:
    return make_user("nadia", VIEW, *ANY)


@pytest.fixture
def reviewer(make_user: Callable[..., User]) -> User:
    return make_user("sami", VIEW, *ANY, "conversations.view_conversation")


@pytest.fixture
def writes(client: Client, author: User) -> Client:
    """The author's browser."""
    client.force_login(author)
    return client


@pytest.fixture
def reads(reviewer: User) -> Client:
    """The reviewer's browser."""
    browser = Client()
    browser.force_login(reviewer)
    return browser


@pytest.fixture
def accept(author: User, reviewer: User) -> Callable[[Example], Correction]:
    """Have a correction proposed by one and accepted by the other."""

    def made(given: Example, understood: str = "nlu_fallback") -> Correction:
        one = correction_propose(
            missed=missed(given.text, intent=understood), example=given, author=author
        )
        return correction_decide(correction_id=one.pk, act=Act.ACCEPTED, actor=reviewer)

    return made
