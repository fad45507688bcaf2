"""Whole conversations: real model, real action server, the city played by a small server."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from bot.tests.city import City
from bot.tests.talk import Conversation, spoken

SENTENCE = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"


@pytest.fixture
def person(agent: Agent) -> Conversation:
    return Conversation(agent)


async def test_one_sentence_becomes_a_report_and_a_balance(
    person: Conversation, city: City
) -> None:
    first = await person.say(SENTENCE)
    assert "assistant automatique" in first["replies"][0]["text"]
    assert (
        "J'ai noté : trou dans la chaussée, 12 rue Paradis à Marseille. C'est bien cela ?"
        in spoken(first)
    )
    assert [b["title"] for b in first["replies"][-1]["buttons"]] == ["Oui", "Non"]
    assert first["intent"]["name"] == "report_issue"
    assert first["category"]["name"] == "pothole"
    assert first["active_form"] == "report_form"
    assert not city.reports

    second = await person.say("oui")
    assert "MP-000001" in spoken(second)
    assert "3 jours ouvrés" in spoken(second)
    assert "10 points" in spoken(second)
    assert second["active_form"] is None
    (report,) = city.reports.values()
    assert report["category"] == "pothole"
    assert report["address"] == "12 rue Paradis"
    assert report["commune"] == "Marseille"
    assert report["description"] == SENTENCE
    assert report["conversation"] == person.id

    assert "Vous n'avez pas encore de points" in spoken(await person.say("quel est mon solde ?"))
    city.wallet_id, city.pending_points = person.id, 10
    assert "Vous avez 10 points en attente de validation." in spoken(await person.say("mon solde"))
    city.available_points, city.pending_points = 10, 0
    assert spoken(await person.say("quel est mon solde ?")) == "Vous avez 10 points."


async def test_asks_only_for_what_is_missing(person: Conversation, city: City) -> None:
    first = await person.say("il y a un gros nid de poule sur la route")
    assert "Où est-ce ?" in spoken(first)
    assert "Dans quelle commune ?" in spoken(await person.say("au 8 rue de Rome"))
    read_back = spoken(await person.say("Aubagne"))
    assert "8 rue de Rome à Aubagne" in read_back
    await person.say("Oui")
    (report,) = city.reports.values()
    assert (report["address"], report["commune"]) == ("8 rue de Rome", "Aubagne")


async def test_a_correction_is_heard_and_read_back(person: Conversation, city: City) -> None:
    await person.say(SENTENCE)
    asked = await person.say("Non")
    assert "Que faut-il corriger ?" in spoken(asked)
    assert not city.reports
    assert "Où est-ce ?" in spoken(await person.say("Le lieu"))
    assert "27 rue de Lodi à Marseille" in spoken(await person.say("27 rue de Lodi"))
    await person.say("oui")
    (report,) = city.reports.values()
    assert report["address"] == "27 rue de Lodi"


async def test_the_place_may_be_corrected_in_the_answer(person: Conversation) -> None:
    await person.say(SENTENCE)
    assert "14 rue Paradis à Marseille" in spoken(await person.say("non c'est au 14 rue Paradis"))


async def test_a_question_in_the_middle_is_answered_then_the_report_goes_on(
    person: Conversation, city: City
) -> None:
    city.wallet_id, city.available_points = person.id, 30
    await person.say(SENTENCE)
    answer = spoken(await person.say("quel est mon solde ?"))
    assert answer.startswith("Vous avez 30 points.")
    assert answer.endswith("C'est bien cela ?")
    assert "MP-000001" in spoken(await person.say("oui"))


async def test_a_report_can_be_dropped(person: Conversation, city: City) -> None:
    await person.say(SENTENCE)
    dropped = await person.say("laissez tomber")
    assert "C'est annulé" in spoken(dropped)
    assert dropped["active_form"] is None
    assert not {name for name in dropped["slots"] if name.startswith("report_")}
    await person.say("oui")
    assert not city.reports


async def test_an_emergency_gives_the_numbers_and_opens_nothing(
    person: Conversation, city: City
) -> None:
    answer = await person.say("au secours il y a le feu dans l'immeuble")
    for number in ("112", "15", "17", "18", "114"):
        assert number in spoken(answer)
    assert answer["active_form"] is None

    await person.say(SENTENCE)
    during = spoken(await person.say("un homme est par terre inconscient"))
    assert "112" in during
    assert during.endswith("C'est bien cela ?")
    assert not city.reports


async def test_not_understood_changes_its_wording_then_offers_a_way_out(
    person: Conversation,
) -> None:
    first = await person.say("xkcd zzz qsdf")
    second = await person.say("ça dépend des jours")
    assert first["intent"]["name"] == second["intent"]["name"] == "nlu_fallback"
    assert first["replies"][-1]["text"] != second["replies"][-1]["text"]
    assert "0 800 94 94 08" in spoken(second)
    assert second["replies"][-1]["buttons"]


async def test_an_unsure_category_is_offered_as_choices(person: Conversation, city: City) -> None:
    asked = await person.say("la corbeille près du manège est remplie à ras bord")
    titles = [button["title"] for button in asked["replies"][-1]["buttons"]]
    assert "Bac ou corbeille qui déborde" in titles
    assert titles[-1] == "Autre chose"
    assert "Où est-ce ?" in spoken(await person.say("Bac ou corbeille qui déborde"))
    await person.say("12 rue Paradis à Marseille")
    await person.say("oui")
    (report,) = city.reports.values()
    assert report["category"] == "bin_overflowing"
    assert "manège" in report["description"]


async def test_a_few_words_and_an_address_are_a_report(person: Conversation) -> None:
    answer = await person.say("lampadaire cassé 3 place Castellane")
    assert answer["slots"]["report_category"] == "street_light_out"
    assert "Dans quelle commune ?" in spoken(answer)


async def test_a_second_question_out_of_scope_is_answered_like_the_first(
    person: Conversation,
) -> None:
    await person.say("quel temps fait-il demain ?")
    assert "Je ne sais pas répondre" in spoken(await person.say("et le foot ?"))


async def test_outside_the_territory_is_said(person: Conversation, city: City) -> None:
    await person.say("il y a un nid-de-poule devant le 12 rue de Rivoli")
    answer = spoken(await person.say("Paris"))
    assert "en dehors de la Métropole" in answer
    assert "Dans quelle commune ?" in answer
    assert not city.reports


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("je veux parler à un agent", "0 800 94 94 08"),
        ("aide", "enregistrer un signalement"),
        ("êtes-vous un robot ?", "assistant automatique"),
        ("quel temps fait-il demain ?", "Je ne sais pas répondre"),
        ("bonjour", "Je vous écoute"),
        ("merci beaucoup", "Avec plaisir"),
        ("au revoir", "Au revoir"),
        ("où en est mon signalement ?", "suivre un signalement"),
        ("je voudrais prendre rendez-vous pour des encombrants", "rendez-vous"),
        ("comment gagner des points ?", "validé par un agent"),
        ("vous êtes nuls", "Je comprends"),
        ("oui", "Que puis-je faire"),
        ("annuler", "rien en cours"),
    ],
)
async def test_every_intent_has_an_outcome(person: Conversation, text: str, told: str) -> None:
    assert told in spoken(await person.say(text))


async def test_the_introduction_is_said_once(person: Conversation) -> None:
    assert "assistant automatique" in spoken(await person.say("bonjour"))
    assert "assistant automatique" not in spoken(await person.say("bonjour"))


async def test_the_wallet_being_away_is_said_honestly(person: Conversation, city: City) -> None:
    city.wallet_id, city.wallet_away = person.id, True
    answer = spoken(await person.say("quel est mon solde ?"))
    assert "Je ne peux pas lire votre solde" in answer


async def test_a_report_without_a_subject_is_asked_about(person: Conversation, city: City) -> None:
    assert "Que se passe-t-il ?" in spoken(await person.say("je veux signaler quelque chose"))
    assert "Où est-ce ?" in spoken(await person.say("des rats"))
    await person.say("12 rue Paradis à Marseille")
    await person.say("oui")
    (report,) = city.reports.values()
    assert report["category"] == "rodents"
    assert report["description"] == "je veux signaler quelque chose\ndes rats"


async def test_a_place_first_then_the_problem(person: Conversation) -> None:
    assert "Que se passe-t-il ?" in spoken(await person.say("12 rue Paradis à Marseille"))
    read_back = spoken(await person.say("un lampadaire éteint"))
    assert "éclairage public en panne, 12 rue Paradis à Marseille" in read_back


async def test_the_problem_may_be_corrected(person: Conversation, city: City) -> None:
    await person.say(SENTENCE)
    await person.say("non")
    await person.say("Le problème")
    assert "plaque d'égout absente ou cassée" in spoken(await person.say("plaque d'égout cassée"))
    await person.say("oui")
    (report,) = city.reports.values()
    assert report["category"] == "manhole_cover"


async def test_a_mumble_sends_nothing(person: Conversation, city: City) -> None:
    await person.say(SENTENCE)
    assert "C'est bien cela ?" in spoken(await person.say("blablabla"))
    assert not city.reports
