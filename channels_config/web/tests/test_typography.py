"""What the page does to the assistant's plain texts, and what it leaves alone."""

import pytest

from channels_config.web.typography import french


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("C'est bien cela ?", "C’est bien cela\u202f?"),
        ("J'ai noté : un trou", "J’ai noté\u00a0: un trou"),
        ("Vous avez 10 points.", "Vous avez 10\u00a0points."),
        ("0 800 94 94 08", "0\u00a0800\u00a094\u00a094\u00a008"),
        ("12 rue Paradis", "12 rue Paradis"),
        ("à 12:30 et https://exemple.fr/?a=1", "à 12:30 et https://exemple.fr/?a=1"),
        ("'entre guillemets'", "'entre guillemets'"),
    ],
)
def test_a_text_is_set_as_a_printer_would(plain: str, set_: str) -> None:
    assert french(plain) == set_


def test_setting_twice_changes_nothing() -> None:
    once = french("C'est bien cela ? Oui : 10 points !")
    assert french(once) == once
