"""Codes and amounts as people read them."""

import pytest

from agent_console.intake.templatetags.till_text import euros, grouped, typeset


@pytest.mark.parametrize(
    ("cents", "shown"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (250, "2,50\u00a0€"),
        (123_456_789, "1\u202f234\u202f567,89\u00a0€"),
    ],
)
def test_an_amount_is_written_in_euros(cents: int, shown: str) -> None:
    assert euros(cents) == shown


def test_a_code_is_read_in_threes() -> None:
    assert grouped("0KM4RX72F") == "0KM-4RX-72F"


def test_a_partners_text_is_set_as_a_printer_would() -> None:
    assert typeset("L'accueil : ouvert ?") == "L’accueil\u00a0: ouvert\u202f?"
