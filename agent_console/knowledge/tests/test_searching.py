"""Finding: as people type, in both languages, and strictly for who speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from agent_console.knowledge.models import Article
from agent_console.knowledge.searching import (
    article_asked_for,
    article_for_intent,
    articles_found,
)
from agent_console.knowledge.services import article_step
from agent_console.knowledge.workflow import Act

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeds")]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("biodechet", "biodechets"),
        ("ÉPLUCHURES", "biodechets"),
        ("épluch", "biodechets"),
        ("changer rendez-vous encombrant", "encombrants-changer"),
        ("effacer les données", "mes-donnees"),
        ("bon pour la piscine", "utiliser-ses-points"),
        ("urgence 115", "numeros-d-urgence"),
    ],
)
def test_a_colleague_finds_it_while_typing(words: str, first: str) -> None:
    assert articles_found(words=words, limit=5)[0].code == first


@pytest.mark.parametrize("words", ["", "  ", "!?&|:*'", "zzzz", "\\"])
def test_what_holds_no_word_finds_nothing_and_breaks_nothing(words: str) -> None:
    assert articles_found(words=words, limit=5) == []


def test_english_finds_only_what_is_translated() -> None:
    found = articles_found(words="voucher", locale="en", limit=5)
    assert [one.code for one in found] == ["utiliser-ses-points"]
    assert articles_found(words="medicines", locale="en", limit=5) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("que faire de médicaments périmés svp ?", "medicaments"),
        ("Bonjour, c'est quoi métropole dans ma poche", "metropole-dans-ma-poche"),
        ("quels emballages vont au bac jaune", "emballages-bac-jaune"),
        ("mes points expirent quand", "points-date-limite"),
        # One meaningful word, or one that no article has, is not enough to speak.
        ("les points ?", None),
        ("quels emballages de cadeaux vont au bac jaune", None),
        ("quel temps fera-t-il demain", None),
        ("comment faire ?", None),
        ("points " * 40, None),
        ("", None),
    ],
)
def test_the_assistant_answers_only_what_was_asked(text: str, code: str | None) -> None:
    found = article_asked_for(text=text, locale="fr")
    assert (found.code if found else None) == code


def test_the_assistant_answers_in_english_too() -> None:
    found = article_asked_for(text="please, when do my points expire?", locale="en")
    assert found is not None
    assert found.code == "points-date-limite"


def test_only_what_is_published_is_found(write: Callable[..., Article], supervisor: User) -> None:
    write(is_draft=True)
    found = articles_found(words="carte perdue", limit=5)
    assert "carte-perdue" not in [one.code for one in found]
    earning = article_for_intent(intent="ask_how_to_earn", locale="fr")
    assert earning is not None
    article_step(article_id=earning.pk, seen=1, act=Act.ARCHIVED, actor=supervisor)
    assert article_for_intent(intent="ask_how_to_earn", locale="fr") is None
    assert article_for_intent(intent="", locale="fr") is None
