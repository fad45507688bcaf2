"""Which commune a text means."""

import pytest

from agent_console.places.models import Commune
from agent_console.places.names import fold
from agent_console.places.selectors import commune_find


@pytest.mark.parametrize(
    ("text", "insee"),
    [
        ("Marseille", "13055"),
        ("12 rue Paradis à MARSEILLE", "13055"),
        ("marseille 6e", "13206"),
        ("Marseille 6ème", "13206"),
        ("13006", "13206"),
        ("13 006 Marseille", "13206"),
        ("dans le 1er arrondissement", "13201"),
        ("aix en provence", "13001"),
        ("st victoret", "13102"),
        ("Saint-Paul-lès-Durance", "13099"),
        ("la penne sur huveaune", "13070"),
        ("13400", "13005"),
        ("rue d’Aubagne à Marseille", "13055"),
        ("12 av. de Marseille, Vitrolles", "13117"),
        ("route d’Aix, Aix-en-Provence", "13001"),
    ],
)
def test_a_commune_is_found_in_any_spelling(metropolis: None, text: str, insee: str) -> None:
    found = commune_find(text)
    assert found is not None
    assert found.insee == insee


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Paris",
        "devant chez moi",
        "75001",
        "12 rue des Lices",
        "12 rue d’Aubagne",
        "boulevard de la Ciotat",
    ],
)
def test_what_is_not_in_the_territory_is_not_found(metropolis: None, text: str) -> None:
    assert commune_find(text) is None


def test_the_territory_has_92_communes_and_16_arrondissements(metropolis: None) -> None:
    assert Commune.objects.filter(parent=None).count() == 92
    assert Commune.objects.exclude(parent=None).count() == 16


def test_folding_ignores_case_accents_and_hyphens() -> None:
    assert fold("Ste-Croix-de-l’Œuvre") == "sainte croix de l oeuvre"
