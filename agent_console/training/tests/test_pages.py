"""The pages: who may do what, what a form refuses, what is shown before it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.analytics.models import MissedSentence
from agent_console.analytics.permissions import VIEW
from agent_console.staff.models import Act as Audited
from agent_console.staff.models import AuditEntry
from agent_console.training.models import Correction, Export
from agent_console.training.permissions import ANY, CORRECT, EXPORT, REVIEW
from agent_console.training.services import export_make
from agent_console.training.workflow import State

from .conftest import example, missed

pytestmark = pytest.mark.django_db
BASE = "/console/entrainement/"
Accept = Callable[..., Correction]
SAID = "Durand du 3e et [personne] ont cassé le banc de Cassis, rue de Cassis"
MEANT = {
    "intent": "report_issue",
    "category": "street_furniture",
    "entity_address": "rue de Cassis",
    "entity_commune": "Cassis",
    "mask_person": "Durand du 3e",
}


@pytest.fixture
def sentence(metropolis: None) -> MissedSentence:
    return missed(SAID)


def path_of(sentence: MissedSentence) -> str:
    return f"{BASE}phrases/{sentence.message_id}/"


def propose(client: Client, sentence: MissedSentence, **given: str) -> str:
    """Have it shown, then propose what was shown; the address of the correction."""
    fields = {**MEANT, **given}
    page = client.post(path_of(sentence), fields)
    tag = re.search(r'name="shown" value="([^"]*)"', page.text)
    assert tag, page.text
    answer = client.post(path_of(sentence), {**fields, "shown": tag[1], "confirm": "1"})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_sentence_is_corrected_from_the_page_of_those_missed(
    writes: Client, reads: Client, sentence: MissedSentence
) -> None:
    missed_page = "/console/analyses/phrases/?du=2026-03-01&au=2026-03-31"
    assert f'href="{path_of(sentence)}"' in writes.get(missed_page).text
    form = writes.get(path_of(sentence)).text
    assert "Rien d’assez sûr, certitude 31\N{NO-BREAK SPACE}%" in form
    assert "des noms" not in form  # the original stays in the conversation

    shown = writes.post(path_of(sentence), MEANT)
    assert shown.status_code == 200
    assert "[personne] (2 fois)" in shown.text
    assert "Mobilier urbain abîmé" in shown.text
    assert "le banc de [Cassis](commune), [rue de Cassis](address)" in shown.text
    assert not Correction.objects.exists()

    address = propose(writes, sentence)
    made = Correction.objects.get()
    assert made.text == "[personne] et [personne] ont cassé le banc de Cassis, rue de Cassis"
    assert (made.intent, made.category) == ("report_issue", "street_furniture")
    listed = writes.get(missed_page).text
    assert f'href="{address}"' in listed
    assert f'href="{path_of(sentence)}"' not in listed
    assert writes.get(path_of(sentence))["Location"] == address

    assert "une autre personne doit la relire" in writes.get(address).text
    assert 'value="accepted"' not in writes.get(address).text
    assert reads.post(f"{address}decision/", {"act": "accepted"}).status_code == 302
    made.refresh_from_db()
    assert made.state == State.ACCEPTED


def test_what_was_not_shown_is_not_kept(writes: Client, sentence: MissedSentence) -> None:
    page = writes.post(path_of(sentence), MEANT)
    tag = re.search(r'name="shown" value="([^"]*)"', page.text)
    assert tag
    changed = {**MEANT, "mask_person": "", "shown": tag[1], "confirm": "1"}
    again = writes.post(path_of(sentence), changed)
    assert again.status_code == 200
    assert 'data-testid="preview"' in again.text
    assert not Correction.objects.exists()


def test_sent_twice_it_is_one_proposal(writes: Client, sentence: MissedSentence) -> None:
    assert propose(writes, sentence) == propose(writes, sentence)
    assert Correction.objects.count() == 1


def test_a_colleague_who_comes_second_is_told(
    writes: Client, reads: Client, sentence: MissedSentence
) -> None:
    address = propose(writes, sentence)
    second = reads.post(path_of(sentence), MEANT)
    tag = re.search(r'name="shown" value="([^"]*)"', second.text)
    assert tag
    fields = {**MEANT, "shown": tag[1], "confirm": "1"}
    answer = reads.post(path_of(sentence), fields, follow=True)
    assert answer.redirect_chain[-1][0] == address
    assert "déjà proposée ou acceptée" in answer.text


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"intent": ""}, "Choisissez une intention."),
        ({"intent": "give_code"}, "Choisissez une intention de la liste."),
        ({"category": ""}, "Choisissez la catégorie du signalement."),
        ({"category": "none"}, "Choisissez une catégorie de la liste."),
        ({"entity_place": "la poste"}, "« la poste » n’est pas dans la phrase"),
        ({"entity_place": "[personne]"}, "« [personne] » n’est pas dans la phrase"),
        ({"entity_place": "Durand du 3e"}, "« Durand du 3e » n’est pas dans la phrase"),
        ({"mask_plate": "AB-123-CD"}, "« AB-123-CD » n’est pas dans la phrase"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    given: dict[str, str], refused: str, writes: Client, sentence: MissedSentence
) -> None:
    answer = writes.post(path_of(sentence), {**MEANT, **given})
    assert answer.status_code == 422
    assert answer.text.count(refused) == 1
    name = next(iter(given))
    field = re.search(rf'<p class="field">\s*<label for="id_{name}">.*?</p>', answer.text, re.S)
    assert field
    assert refused in field[0]
    described = re.search(r'aria-describedby="([^"]*)"', field[0])
    assert described
    assert f"id_{name}_error" in described[1].split()


def test_only_a_report_has_a_category(writes: Client, sentence: MissedSentence) -> None:
    propose(writes, sentence, intent="insult")
    assert Correction.objects.get().category == ""


def test_several_words_of_an_entity_are_parted_by_semicolons(
    writes: Client, metropolis: None
) -> None:
    one = missed("de Cassis à Aubagne")
    address = propose(
        writes,
        one,
        entity_address="",
        mask_person="",
        entity_commune=" Cassis ;Aubagne; ",
        category="unspecified",
    )
    assert "de [Cassis](commune) à [Aubagne](commune)" in writes.get(address).text


def test_a_refusal_says_why_and_can_be_undone(
    writes: Client, reads: Client, sentence: MissedSentence
) -> None:
    address = propose(writes, sentence)
    decision = f"{address}decision/"
    nothing_said = reads.post(decision, {"act": "refused", "reason": ""})
    assert (nothing_said.status_code, Correction.objects.get().state) == (422, State.PROPOSED)
    assert "Choisissez un motif." in nothing_said.text
    assert reads.post(decision, {"act": "proposed"}).status_code == 400
    own = writes.post(decision, {"act": "accepted"}, follow=True)
    assert "Vous l’avez proposée" in own.text
    reads.post(decision, {"act": "refused", "reason": "entities"})
    late = reads.post(decision, {"act": "accepted"}, follow=True)
    assert "un collègue a changé l’état" in late.text
    page = reads.get(address).text
    assert "mal délimité" in page
    assert "Annuler le refus" in page
    reads.post(decision, {"act": "reopened"})
    page = reads.get(address).text
    history = [page.index(word) for word in ("Proposée par", "Refusée par", "Remise à relire par")]
    assert history == sorted(history)
    assert Correction.objects.get().state == State.PROPOSED


def test_the_list_shows_what_is_to_read_and_is_narrowed(writes: Client, accept: Accept) -> None:
    assert "Rien à relire." in writes.get(BASE).text
    accept(example("salut"))
    accept(example("yo"), understood="out_of_scope")
    accept(example("ciao", "goodbye"), understood="")
    export = export_make(actor=None)
    accept(example("adieu", "goodbye"))
    for query, shown in (
        ("", []),
        ("?etat=accepted", ["adieu", "ciao", "yo", "salut"]),
        ("?etat=toutes&intention=goodbye", ["adieu", "ciao"]),
        ("?etat=accepted&intention=greet&compris=out_of_scope", ["yo"]),
        ("?etat=accepted&compris=", ["ciao"]),
        (f"?etat=accepted&export={export.pk}", ["ciao", "yo", "salut"]),
        ("?etat=refused", []),
        ("?etat=nothing&export=x", []),
    ):
        page = writes.get(f"{BASE}{query}").text
        assert re.findall(r'<p class="sentence">(.*?)</p>', page) == shown, query
    assert "Aucune correction ne correspond." in writes.get(f"{BASE}?etat=refused").text


def test_each_number_of_the_confusions_leads_to_its_sentences(
    writes: Client, accept: Accept
) -> None:
    assert "Aucune correction acceptée." in writes.get(f"{BASE}confusions/").text
    accept(example("salut"))
    accept(example("yo"), understood="out_of_scope")
    accept(example("wesh"), understood="out_of_scope")
    page = writes.get(f"{BASE}confusions/").text
    links = re.findall(r'<a href="([^"]*compris[^"]*)">(\d+)<', page)
    assert [int(number) for _, number in links] == [2, 1]
    for link, number in links:
        found = writes.get(link.replace("&amp;", "&")).text
        assert found.count('data-testid="correction"') == int(number)


def test_an_export_is_made_once_downloaded_again_and_written_down(
    writes: Client, author: User, accept: Accept
) -> None:
    accept(example("salut"))
    new = f"{BASE}exports/nouveau/"
    assert "n’a pas encore été exportée" in writes.get(f"{BASE}exports/").text
    assert "est prêt" in writes.post(new, follow=True).text
    assert "Rien à exporter" in writes.post(new, follow=True).text
    export = Export.objects.get()
    assert export.actor == author
    files = [writes.get(f"{BASE}exports/{export.pk}.yml") for _ in range(2)]
    assert files[0].content == files[1].content == export.content.encode()
    assert f'filename="corrections_{export.pk}.yml"' in files[0]["Content-Disposition"]
    looks = AuditEntry.objects.filter(actor=author, act=Audited.FILE)
    assert [one.subject for one in looks] == [f"entrainement {export.pk}"] * 2
    assert writes.get(f"{BASE}exports/{export.pk + 1}.yml").status_code == 404


def test_an_export_wants_a_fresh_proof(writes: Client, accept: Accept, settings: Settings) -> None:
    accept(example("salut"))
    made = export_make(actor=None)
    accept(example("yo"))
    settings.STAFF_CONFIRM_S = -1
    assert writes.post(f"{BASE}exports/nouveau/").status_code == 403
    assert writes.get(f"{BASE}exports/{made.pk}.yml").status_code == 403
    assert Export.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_each_page_asks_for_its_permission(
    client: Client, make_user: Callable[..., User], sentence: MissedSentence, accept: Accept
) -> None:
    one = accept(example("salut"))
    export = export_make(actor=None)
    needed = {
        BASE: ANY,
        f"{BASE}{one.pk}/": ANY,
        f"{BASE}confusions/": ANY,
        path_of(sentence): (CORRECT,),
        f"{BASE}exports/": (EXPORT,),
        f"{BASE}exports/{export.pk}.yml": (EXPORT,),
    }
    for path in needed:
        assert client.get(path).status_code == 302
    for name, permission in (("a", CORRECT), ("b", REVIEW), ("c", EXPORT), ("d", VIEW)):
        client.force_login(make_user(name, permission))
        for path, several in needed.items():
            expected = 200 if permission in several else 403
            assert client.get(path).status_code == expected, (path, permission)
        decides = client.post(f"{BASE}{one.pk}/decision/", {"act": "reopened"})
        assert decides.status_code == (302 if permission == REVIEW else 403)
        exports = client.post(f"{BASE}exports/nouveau/")
        assert exports.status_code == (302 if permission == EXPORT else 403)


def test_nothing_is_offered_to_whoever_may_only_look(
    client: Client, make_user: Callable[..., User], sentence: MissedSentence
) -> None:
    client.force_login(make_user("lea", VIEW))
    page = client.get("/console/analyses/phrases/?du=2026-03-01&au=2026-03-31").text
    assert "Durand" in page
    assert "Corriger" not in page
    assert "entrainement" not in page


def test_unknown_sentences_and_corrections_are_not_found(writes: Client, metropolis: None) -> None:
    for path in (f"{BASE}phrases/1/", f"{BASE}1/"):
        assert writes.get(path).status_code == 404
    assert writes.post(f"{BASE}1/decision/", {"act": "refused"}).status_code == 404
