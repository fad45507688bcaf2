"""Every text exists in both languages, and each channel carries what it is given."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import project
from bot.hub.capabilities import SMS_CHARACTERS_MAX, capabilities_of
from bot.hub.choices import meant
from bot.hub.render import gsm7, rendered, septets, shortened
from bot.hub.request import Location, TurnRequest
from bot.hub.words import names, variation

_BRACES = re.compile(r"\{\w+\}")


def _responses(pattern: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in project.DOMAIN.glob(pattern):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {})
    return found


FRENCH, ENGLISH = _responses("*.yml"), _responses("en/*.yml")


def test_every_text_stands_in_both_languages_with_the_same_places_to_fill() -> None:
    assert set(ENGLISH) == {f"{name}_en" for name in FRENCH}
    for name, texts in FRENCH.items():
        others = ENGLISH[f"{name}_en"]
        assert [t.get("channel") for t in texts] == [t.get("channel") for t in others], name
        for text, other in zip(texts, others, strict=True):
            assert set(_BRACES.findall(text["text"])) == set(_BRACES.findall(other["text"])), name
            ours, theirs = text.get("buttons") or [], other.get("buttons") or []
            assert len(ours) == len(theirs), name


def test_no_text_blames_or_presses() -> None:
    blame = re.compile(
        r"bon citoyen|incivilit|vous allez perdre|dépêchez|classement", re.IGNORECASE
    )
    for texts in FRENCH.values():
        assert not [t["text"] for t in texts if blame.search(t["text"])]


def test_every_text_fits_three_segments() -> None:
    for name, texts in {**FRENCH, **ENGLISH}.items():
        for text in texts:
            assert septets(gsm7(text["text"])) <= SMS_CHARACTERS_MAX, name


@pytest.mark.parametrize(
    ("channel", "text", "carried"),
    [
        ("sms", "C’est ouvert – « déjà » là… ê ç", 'C\'est ouvert - "déjà" là... e c'),
        ("web", "C’est « déjà »", "C’est « déjà »"),
        ("voice", "Noté. Suivez-le ici : https://a.fr/x Merci.", "Noté."),
        ("voice", "Appelez le 3919 ou le 112.", "Appelez le 39 19 ou le 1 12."),
        ("voice", "Référence : 123-456-789.", "Référence : 1 2 3, 4 5 6, 7 8 9."),
    ],
)
def test_a_text_is_made_for_its_channel(channel: str, text: str, carried: str) -> None:
    assert rendered(text, capabilities_of(channel)) == carried


def test_what_is_too_long_ends_at_a_sentence() -> None:
    assert shortened("Un. Deux. Trois.", 9) == "Un. Deux."
    assert shortened("a" * 20, 10) == "aaaaaaa..."


def test_names_fall_back_to_the_same_words_then_to_french() -> None:
    assert list(names("utter_x", locale="en", reworded=True)) == [
        "utter_x_again_en",
        "utter_x_en",
        "utter_x",
    ]
    assert list(names("utter_x", locale="fr", reworded=False)) == ["utter_x"]


def test_a_channels_own_text_comes_first() -> None:
    texts = [{"text": "a"}, {"text": "b", "channel": "sms"}]
    assert variation(texts, "sms") == texts[1]
    assert variation(texts, "web") == texts[0]
    assert variation([], "web") is None


def _request(text: str, channel: str = "sms", **more: Any) -> TurnRequest:
    return TurnRequest("c", "t", channel, "fr", text, **more)


def _tracker() -> DialogueStateTracker:
    buttons = [{"title": "Oui", "payload": "Oui"}, {"title": "Non", "payload": "Non"}]
    events = [UserUttered("un trou"), BotUttered("C'est cela ?", {"buttons": buttons})]
    return DialogueStateTracker.from_events("c", events)


@pytest.mark.parametrize(
    ("text", "channel", "read"),
    [
        ("2", "sms", "Non"),
        ("1.", "voice", "Oui"),
        ("3", "sms", "3"),
        ("2", "web", "2"),
        ("0", "voice", "parler à un conseiller"),
        ("12 rue Paradis", "sms", "12 rue Paradis"),
    ],
)
def test_a_number_is_the_choice_at_its_place(text: str, channel: str, read: str) -> None:
    assert meant(_tracker(), _request(text, channel)) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Rappelez-moi", "/ask_callback{}"),
        ("rappelez moi svp.", "/ask_callback{}"),
        ("Rappelez-moi au 06 39 98 00 00", '/ask_callback{"phone": "06 39 98 00 00"}'),
        ("Call me back on +33639980000", '/ask_callback{"phone": "+33639980000"}'),
        ("rappelez-moi mon solde", "rappelez-moi mon solde"),
    ],
)
def test_who_wants_to_be_called_is_not_guessed(text: str, read: str) -> None:
    assert meant(_tracker(), _request(text, "web")) == read


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "Oui, le signalement 123-456-789 est réglé",
            '{"reference": "123-456-789", "solved": "yes"}',
        ),
        ("No, report 123-456-789 is not solved", '{"reference": "123-456-789", "solved": "no"}'),
    ],
)
def test_the_answer_to_is_it_solved_names_its_report(text: str, command: str) -> None:
    assert meant(_tracker(), _request(text, "web")) == f"/report_feedback{command}"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Oui, j’ai 15\N{NO-BREAK SPACE}ans ou plus", "yes"),
        ("1", "yes"),
        ("2", "no"),
        ("oui", "yes"),
        ("Non merci", "no"),
        ("pas de points", "no"),
        ("plus de points", "no"),
        ("il y a un trou", None),
        ("non, il y a un trou", None),
    ],
)
def test_points_are_wanted_or_not_while_that_is_asked(text: str, wish: str | None) -> None:
    buttons = [
        {"title": words, "payload": words}
        for words in ("Oui, j’ai 15\N{NO-BREAK SPACE}ans ou plus", "Non, pas de points")
    ]
    events = [UserUttered("x"), BotUttered("Points ?", {"buttons": buttons})]
    asked = DialogueStateTracker.from_events("c", events)
    command = "/wallet_consent" + json.dumps({"points_wish": wish}) if wish else text
    assert meant(asked, _request(text, "sms")) == command
    bare = meant(_tracker(), _request("oui", "web"))
    assert bare == "oui"


def test_what_has_no_words_is_a_command_of_the_hub() -> None:
    assert meant(_tracker(), _request("", location=Location(43.3, 5.4))) == "/share_location"
    assert meant(_tracker(), _request("", photo="p")) == "/share_photo"
