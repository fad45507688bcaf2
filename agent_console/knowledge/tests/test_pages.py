"""The pages: who may do what, what a form refuses, what is found while talking."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.conversations.models import Conversation
from agent_console.intake import access
from agent_console.knowledge.models import Article
from agent_console.knowledge.permissions import READ
from agent_console.knowledge.workflow import State

from .conftest import BASE, WORDS, days_ahead

pytestmark = pytest.mark.django_db
Write = Callable[..., Article]


def fields(**changed: str) -> dict[str, str]:
    return {"code": "carte-perdue", "review_on": str(days_ahead(30)), **WORDS, **changed}


def test_a_supervisor_writes_publishes_and_corrects(writes: Client, supervisor: User) -> None:
    assert str(supervisor.pk) in writes.get(f"{BASE}nouveau/").text
    page = writes.post(f"{BASE}nouveau/", fields(owner=str(supervisor.pk)))
    article = Article.objects.get()
    assert page["Location"] == article.get_absolute_url()
    address = article.get_absolute_url()
    assert writes.post(f"{address}etat/", {"act": "published", "seen": 1}).status_code == 302
    edited = fields(owner=str(supervisor.pk), title_fr="Autre titre", seen="2", code="autre")
    assert writes.post(f"{address}modifier/", edited).status_code == 302
    article.refresh_from_db()
    assert (article.title_fr, article.state, article.code) == (
        "Autre titre",
        State.PUBLISHED,
        "carte-perdue",
    )
    late = writes.post(f"{address}modifier/", edited | {"title_fr": "Trop tard"})
    assert late.status_code == 422
    assert "Un collègue a changé cet article" in late.text
    assert 'value="Trop tard"' in late.text  # nobody's words are lost
    history = writes.get(address).text
    newest_first = [history.index(word) for word in ("3. Changé", "2. Publié", "1. Écrit")]
    assert newest_first == sorted(newest_first)
    writes.post(f"{address}reprendre/", {"number": 1, "seen": 3})
    article.refresh_from_db()
    assert (article.title_fr, article.version) == (WORDS["title_fr"], 4)
    assert writes.post(f"{address}reprendre/", {"number": "x"}).status_code == 400
    assert writes.post(f"{address}etat/", {"act": "created"}).status_code == 400
    told = writes.post(f"{address}reprendre/", {"number": 99, "seen": 4}, follow=True)
    assert "Cette version n’existe pas." in told.text


@pytest.mark.parametrize(
    ("given", "name", "refused"),
    [
        ({"title_fr": ""}, "title_fr", "À remplir."),
        ({"answer_fr": "a" * 481}, "answer_fr", "480"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "https://"),
        ({"source_url": "//ailleurs.example/"}, "source_url", "https://"),
        ({"title_en": "Lost card"}, "answer_en", "En anglais"),
        ({"code": "deja-pris"}, "code", "porte déjà ce code"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    given: dict[str, str], name: str, refused: str, writes: Client, write: Write
) -> None:
    write("deja-pris")
    answer = writes.post(f"{BASE}nouveau/", fields(**given))
    assert answer.status_code == 422
    field = re.search(rf'<label for="id_{name}">.*?</p>', answer.text, re.S)
    assert field
    assert refused in field[0]
    assert Article.objects.count() == 1


def test_a_review_takes_a_day_to_come(writes: Client, write: Write) -> None:
    article = write()
    Article.objects.update(review_on=days_ahead(-1))
    assert "1 article à relire" in writes.get(BASE).text
    assert WORDS["title_fr"] in writes.get(f"{BASE}?a_relire=on").text
    address = f"{article.get_absolute_url()}relu/"
    refused = writes.post(address, {"review_on": str(days_ahead(0)), "seen": 2})
    assert (refused.status_code, "Donnez une date à venir." in refused.text) == (422, True)
    writes.post(address, {"review_on": str(days_ahead(90)), "seen": 2})
    article.refresh_from_db()
    assert article.review_on == days_ahead(90)
    assert "à relire</a>" not in writes.get(BASE).text
    assert "Aucun article ne correspond." in writes.get(f"{BASE}?a_relire=on").text


def test_a_reader_finds_what_is_published_and_changes_nothing(reads: Client, write: Write) -> None:
    draft, article = write("brouillon", is_draft=True, title_fr="Pas encore"), write()
    page = reads.get(f"{BASE}?etat=draft").text
    assert WORDS["title_fr"] in page
    assert "Pas encore" not in page
    assert reads.get(article.get_absolute_url()).status_code == 200
    assert "Modifier" not in reads.get(article.get_absolute_url()).text
    assert reads.get(draft.get_absolute_url()).status_code == 404
    for path in ("modifier/", "relu/", "etat/", "reprendre/"):
        assert reads.post(f"{article.get_absolute_url()}{path}").status_code == 403
    assert reads.get(f"{BASE}nouveau/").status_code == 403


def test_nobody_else_comes_in(client: Client, make_user: Callable[..., User]) -> None:
    assert client.get(BASE).status_code == 302
    client.force_login(make_user("ailleurs"))
    assert {client.get(f"{BASE}{path}").status_code for path in ("", "trouver/")} == {403}


def test_what_is_found_is_read_quoted_and_sourced(reads: Client, write: Write) -> None:
    write()
    found = reads.get(f"{BASE}trouver/", {"q": "carte perdue", "citer": "1"}).text
    assert WORDS["answer_fr"] in found
    assert "Métropole, cartes de tri" in found
    quoted = re.search(r'data-quote="([^"]*)"', found)
    assert quoted
    assert "Source\N{NO-BREAK SPACE}: Métropole, cartes de tri, http" in quoted[1]
    assert "data-quote" not in reads.get(f"{BASE}trouver/", {"q": "carte perdue"}).text
    assert "Rien trouvé" in reads.get(f"{BASE}trouver/", {"q": "xyz\x00"}).text
    # Nothing in English: the French article, marked as French.
    assert 'lang="fr"' in reads.get(f"{BASE}trouver/", {"q": "carte", "langue": "en"}).text
    assert reads.get(f"{BASE}trouver/").text.strip() == ""


def test_the_search_stands_beside_a_conversation_of_who_may(
    conversation: Conversation, make_user: Callable[..., User], client: Client
) -> None:
    address = f"/console/conversations/{conversation.pk}/"
    client.force_login(make_user("sans", access.VIEW_CONVERSATIONS))
    assert "data-finder" not in client.get(address).text
    client.force_login(make_user("avec", access.VIEW_CONVERSATIONS, READ))
    assert "data-finder" in client.get(address).text
