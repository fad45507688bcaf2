"""What is said, and the vocabulary that it is said in."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_console.french_days import PARIS
from channels_config.voice.speech import spoken, spoken_choices, spoken_moment, spoken_phone

from .vocabulary import read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Votre code : 492817.", "Votre code : 4, 9, 2, 8, 1, 7."),
        ("Bon AB12-CD34.", "Bon A B 1 2, C D 3 4."),
        ("Le 2026-12-05 à 8h.", "Le 5 décembre 2026 à 8h."),
        ("Le 05/12/2026 à 14 h 05.", "Le 5 décembre 2026 à 14 heures 05."),
        ("Le 45/12/2026.", "Le 45/12/2026."),
        ("Appelez le 0 800 94 94 08.", "Appelez le 0, 800, 94, 94, 08."),
        ("Au 04 91 00 00 01 ou au 112.", "Au 04, 91, 00, 00, 01 ou au 1 12."),
        ("« Oui »\u202f? Lisez www.a.fr. Merci.", "Oui ? Merci."),
    ],
)
def test_numbers_dates_and_addresses_are_said(written: str, said: str) -> None:
    assert spoken(written) == said
    assert spoken(said) == said  # what the assistant said already so stays


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_no_text_says_an_address_or_too_much(text: str) -> None:
    assert "https://" not in spoken(f"{text} https://a.fr/x")
    assert len(spoken(text * 40)) <= 3000


def test_choices_have_a_key_each_up_to_nine() -> None:
    said = spoken_choices([{"title": f"choix {number}", "payload": ""} for number in range(12)])
    assert said.startswith("Pour choix 0, tapez 1.")
    assert said.endswith("Pour choix 8, tapez 9.")


def test_numbers_and_moments_are_said_as_people_say_them() -> None:
    assert spoken_phone("+33491000001") == "04, 91, 00, 00, 01"
    at = datetime(2026, 11, 30, 8, 0, tzinfo=PARIS)
    assert spoken_moment(at) == "lundi 30 novembre à 8 heures"


_SAY = '<Say language="fr-FR">Bonjour</Say>'


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (f"<Response><Whistle/>{_SAY}</Response>", "call"),
        ('<Response><Say language="en-US">Hi</Say></Response>', "call"),
        (f'<Response><Gather input="dtmf speech" language="fr-FR" bargeIn="true">{_SAY}'
         "<Redirect>https://a.fr</Redirect></Gather></Response>", "call"),
        (f'<Response><Gather input="dtmf" language="fr-FR" bargeIn="true">{_SAY}</Gather>'
         "</Response>", "call"),
        (f"<Response><Hangup/>{_SAY}</Response>", "call"),
        ('<Response><Pause length="un"/></Response>', "call"),
        ("<Response><Redirect>/relative</Redirect><Pause/></Response>", "call"),
        ("<Response><Leave/></Response>", "call"),
        ("<Response><Enqueue>q</Enqueue></Response>", "wait"),
        ("<Response><Dial><Number>+33491000001</Number></Dial></Response>", "hold"),
        ("<Response><Dial record='yes'><Number>+33491000001</Number></Dial></Response>", "call"),
    ],
)  # fmt: skip
def test_the_vocabulary_refuses_what_twilio_refuses(document: str, place: str) -> None:
    with pytest.raises(AssertionError):
        read(document, place=place)
