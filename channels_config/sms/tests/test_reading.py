"""Reading what people type: keywords, choices, positions; and what is sent to them."""

from __future__ import annotations

import pytest

from agent_console.conversations.models import Author, Message
from channels_config.kit.choices import choice_meant
from channels_config.kit.locations import location_in_text
from channels_config.kit.twilio.errors import reason
from channels_config.sms.config import Sender, SenderKind, sender_read
from channels_config.sms.keywords import Keyword, is_english, keyword
from channels_config.sms.render import plain, render
from channels_config.sms.spoken import spoken_code

_TWO_WAY = Sender(SenderKind.SHORT_CODE, "36113")
_NAME = Sender(SenderKind.NAME, "AMPMetropole")
_OFFERED = [{"title": "Oui", "payload": "oui"}, {"title": "Non, corriger", "payload": "non"}]


@pytest.mark.parametrize("text", ["STOP", "stop.", " Stop ! ", "ARRÊT", "Arret", "arrêter", "QUIT"])
def test_stop_in_two_languages_whatever_its_signs(text: str) -> None:
    assert keyword(text) is Keyword.STOP


def test_other_keywords_and_sentences_that_are_none() -> None:
    assert keyword("AIDE") is keyword("help") is Keyword.HELP
    assert keyword("Start") is Keyword.START
    assert keyword("le bus ne marque pas l'arrêt") is None
    assert is_english("HELP")
    assert not is_english("AIDE")


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "oui"),
        ("un", "oui"),
        ("2.", "non"),
        ("Deux", "non"),
        ("choix 2", "non"),
        ("OUI", "oui"),
        ("non corriger", "non"),
        ("3", ""),
        ("0", ""),
        ("oui mais non", ""),
        ("12 rue Paradis", ""),
        ("", ""),
    ],
)
def test_a_number_or_its_words_choose(text: str, payload: str) -> None:
    assert choice_meant(text, _OFFERED) == payload


def test_a_number_chooses_nothing_where_nothing_was_offered() -> None:
    assert choice_meant("1", []) == ""


@pytest.mark.parametrize(
    "text",
    [
        "https://maps.google.com/?q=43.2965,5.3698",
        "C'est là https://www.google.com/maps/place/X/@43.2965,5.3698,17z merci",
        "https://www.google.fr/maps?q=loc:43.2965,5.3698",
        "https://maps.apple.com/?ll=43.2965,5.3698&q=Repère",
        "https://www.openstreetmap.org/?mlat=43.2965&mlon=5.3698#map=19/43.2/5.3",
        "https://www.openstreetmap.org/#map=19/43.2965/5.3698",
        "geo:43.2965,5.3698",
        "43.2965, 5.3698",
    ],
)
def test_a_link_of_a_map_is_a_position(text: str) -> None:
    found = location_in_text(text)
    assert found is not None
    assert (found.latitude, found.longitude) == (43.2965, 5.3698)


@pytest.mark.parametrize(
    "text",
    ["12 rue Paradis, 13001 Marseille", "https://example.org/?q=43.2965,5.3698", "95.123, 200.456"],
)
def test_other_numbers_are_no_position(text: str) -> None:
    assert location_in_text(text) is None


def test_signs_that_cost_double_are_replaced_and_accents_are_not() -> None:
    assert plain("L’avis « rue »\u202f: ça… déjà – 5\u00a0€") == 'L\'avis "rue" : ça... déjà - 5 €'


def test_choices_become_numbered_lines() -> None:
    message = Message(author=Author.BOT, text="C'est bien cela ?", buttons=_OFFERED)
    assert render(message, sender=_TWO_WAY) == ["C'est bien cela ?\n1 Oui\n2 Non, corriger"]


def test_who_can_not_answer_is_offered_no_choice_but_another_way_out() -> None:
    question = Message(author=Author.BOT, text="Oui ?", buttons=_OFFERED)
    assert render(question, sender=_NAME) == ["Oui ?"]
    (notice,) = render(Message(author=Author.SYSTEM, text="Validé", buttons=[]), sender=_NAME)
    assert "0 800 94 94 08" in notice


def test_a_long_text_is_cut_between_words() -> None:
    text = " ".join(["mot"] * 700)
    parts = render(Message(author=Author.BOT, text=text, buttons=[]), sender=_TWO_WAY)
    assert len(parts) == 2
    assert all(len(part) <= 1600 for part in parts)
    assert " ".join(parts) == text


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("36113", SenderKind.SHORT_CODE),
        ("+33937000001", SenderKind.NUMBER),
        ("MG" + "a" * 32, SenderKind.SERVICE),
        ("AMP 13", SenderKind.NAME),
    ],
)
def test_senders(value: str, kind: SenderKind) -> None:
    found = sender_read(value)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("value", ["+33612345678", "+33712345678", "", "un nom trop long", "Été"])
def test_senders_that_no_operator_takes(value: str) -> None:
    assert sender_read(value) is None


def test_reasons_in_our_words() -> None:
    assert reason("30003") == "unreachable"
    assert reason(21610) == "opted_out"
    assert reason("99999") == reason(None) == reason("x") == "provider_refused"


def test_a_code_is_said_digit_by_digit_and_twice() -> None:
    said = spoken_code("120345", locale="fr")
    assert said.count("1, 2, 0, 3, 4, 5") == 2
    assert 'language="fr-FR"' in said
    assert "120345" not in said
