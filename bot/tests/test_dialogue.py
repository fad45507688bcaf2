"""Whole conversations: real model, real action server, the city played by a small server."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from actions.report_hearing import CATEGORY_SURE
from bot.tests.city import City
from bot.tests.talk import Conversation, spoken

SENTENCE = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
# About something in the street, hardly about what: the model decides which one it is unsure of.
VAGUE = (
    "tout est cassé dans ce square",
    "ça coule et ça déborde dans la rue",
    "quelque chose pend au-dessus du trottoir",
    "ça sent mauvais et il y a des bêtes dans la rue",
    "il y a des saletés et des trous sur le trottoir",
    "c'est dégoûtant dans la rue",
    "la rue est sale et mal éclairée",
    "ça sent mauvais dans la rue",
    "il y a quelque chose de cassé sur le trottoir",
    "le trottoir est sale et abîmé",
    "il y a des ordures et des rats sur le trottoir",
)


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


async def test_points_are_asked_for_once_after_the_reference(
    person: Conversation, city: City
) -> None:
    city.wish = "unasked"
    await person.say(SENTENCE)
    told = await person.say("oui")
    assert "MP-000001" in spoken(told)
    assert "avez-vous 15 ans ou plus" in told["replies"][-1]["text"]
    assert [b["title"] for b in told["replies"][-1]["buttons"]] == [
        "Oui, j’ai 15 ans ou plus",
        "Non, pas de points",
    ]
    assert "Rien ne change pour vos demandes" in spoken(await person.say("non"))
    assert city.wish == "refused"
    await person.say("il y a un lampadaire éteint au 8 rue de Rome à Aubagne")
    again = spoken(await person.say("oui"))
    assert "MP-000002" in again
    assert "points" not in again
    assert "Vos points arriveront" in spoken(await person.say("Oui, j’ai 15 ans ou plus"))


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
    assert answer["danger"]

    await person.say(SENTENCE)
    during = spoken(await person.say("un homme est par terre inconscient"))
    assert "112" in during
    assert during.endswith("C'est bien cela ?")
    assert not city.reports
    assert not (await person.say("oui"))["danger"]


async def test_not_understood_changes_its_wording_then_offers_a_way_out(
    person: Conversation,
) -> None:
    first = await person.say("trombone")
    second = await person.say("trombone")
    assert first["intent"]["name"] == second["intent"]["name"] == "nlu_fallback"
    assert first["replies"][-1]["text"] != second["replies"][-1]["text"]
    assert "0 800 94 94 08" in spoken(second)
    assert second["replies"][-1]["buttons"]
    assert (first["person"], second["person"]) == (None, None)
    assert (await person.say("trombone"))["person"] == "not_understood"
    assert (await person.say("je veux parler à un conseiller"))["person"] == "asked"


async def test_a_call_back_in_the_middle_of_a_report_and_back(
    person: Conversation, city: City
) -> None:
    await person.say(SENTENCE)
    noted = spoken(await person.say("Rappelez-moi au 06 39 98 00 00"))
    assert "Un conseiller vous rappelle, au plus tôt lundi 30 novembre à 8 h" in noted
    assert noted.endswith("C'est bien cela ?")
    assert list(city.call_backs.values()) == ["06 39 98 00 00"]


async def test_an_unsure_category_is_offered_as_choices(person: Conversation, city: City) -> None:
    unsure = await _unsure(person)
    asked = await person.say(unsure)
    ranking = [entry["name"] for entry in asked["category_ranking"][:3]]
    titles = [button["title"] for button in asked["replies"][-1]["buttons"]]
    assert len(titles) == 4
    assert titles[-1] == "Autre chose"
    assert "Où est-ce ?" in spoken(await person.say(titles[1]))
    await person.say("12 rue Paradis à Marseille")
    await person.say("oui")
    (report,) = city.reports.values()
    assert report["category"] == ranking[1]
    assert unsure in report["description"]


async def _unsure(person: Conversation) -> str:
    """A report whose category is between two: neither is sure, both are worth offering."""
    for text in VAGUE:
        heard = await person.agent.parse_message(text)
        best = heard["category_ranking"][0]["confidence"]
        if heard["intent"]["name"] == "report_issue" and 0.25 < best < CATEGORY_SURE:
            return text
    raise AssertionError("the model is sure of everything")


async def test_a_few_words_and_an_address_are_a_report(person: Conversation) -> None:
    answer = await person.say("lampadaire cassé 3 place Castellane")
    assert answer["slots"]["report_category"] == "street_light_out"
    assert "Dans quelle commune ?" in spoken(answer)


async def test_a_second_question_out_of_scope_is_answered_like_the_first(
    person: Conversation,
) -> None:
    await person.say("quel temps fait-il demain ?")
    assert "Je ne sais pas répondre" in spoken(await person.say("et le foot ?"))


@pytest.mark.parametrize(
    ("asked", "found_by"),
    [
        ("comment gagner des points ?", "ask_how_to_earn"),
        ("quel temps fait-il demain ?", "quel temps fait-il demain ?"),
    ],
)
async def test_what_the_knowledge_base_holds_is_said_with_its_source(
    person: Conversation, city: City, asked: str, found_by: str
) -> None:
    city.articles[found_by] = {
        "answer": "Ce que dit l'article.",
        "source_label": "Le règlement",
        "source_url": "https://metropole.example/offres/",
    }
    answer = spoken(await person.say(asked))
    assert "Ce que dit l'article. Source : Le règlement." in answer
    assert "https://metropole.example/offres/" in answer


@pytest.mark.parametrize("adds", [True, False])
async def test_an_outage_is_announced_before_anything_is_sent(
    person: Conversation, city: City, adds: bool
) -> None:
    city.similar = [
        {
            "reference": "111-222-333",
            "label": "Trou dans la chaussée, panne déclarée",
            "people": 40,
            "can_support": True,
            "outage": {
                "message_fr": "La rue est fermée jusqu'à ce soir.",
                "message_en": "",
                "expected_end": None,
            },
        }
    ]
    announced = spoken(await person.say(SENTENCE))
    assert "Une panne est déjà connue ici. La rue est fermée jusqu'à ce soir." in announced
    assert "Voulez-vous suivre cette panne ?" in announced
    assert not city.reports
    if adds:
        assert "C'est bien cela ?" in spoken(await person.say("non"))
        await person.say("oui")
        assert len(city.reports) == 1
        assert city.supported == []
    else:
        await person.say("oui")
        assert not city.reports
        assert city.supported == ["111-222-333"]


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
        ("où en est mon signalement ?", "Quelle est la référence"),
        ("je voudrais prendre rendez-vous pour des encombrants", "Que faut-il enlever"),
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
