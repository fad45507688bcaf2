"""What people write about their waste leads to the right rule, to a question, or to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent_console.facilities.sorting.matching import SortingIndex, words
from agent_console.facilities.sorting.selectors import Certainty, sorting_answer
from agent_console.facilities.sorting.services import sorting_load
from agent_console.facilities.vocabulary import Outlet

DATA = Path(__file__).parents[1] / "data" / "sorting.yaml"
RULES = yaml.safe_load(DATA.read_text(encoding="utf-8"))["rules"]
SURE = {
    "un vieux pot de yaourt": "pot-de-yaourt",
    "POTS DE YAOURTS": "pot-de-yaourt",
    "yahourt": "pot-de-yaourt",
    "où jeter une bouteille de vin ?": "bouteille-en-verre",
    "des bocaux en verre": "bocal",
    "journaux": "journal",
    "piles usagées": "pile",
    "médicaments périmés": "medicament",
    "medicamment": "medicament",
    "un frigo qui ne marche plus": "gros-electromenager",
    "réfrigerateur": "gros-electromenager",
    "mon vieux matelas": "matelas",
    "2 pneus": "pneu",
    "pneus de voiture": "pneu",
    "de la peinture": "peinture",
    "épluchures": "epluchures",
    "restes de repas": "epluchures",
    "carton de pizza": "carton-emballage",
    "ampoule": "ampoule",
    "vêtements usés": "vetement",
    "un sac de vieux vêtements": "vetement",
    "chaussure": "chaussures",
    "huile de friture": "huile-de-cuisine",
    "bouteille de gaz": "bouteille-de-gaz",
    "assiettes cassées": "vaisselle",
    "gravats": "gravats",
    "téléviseur": "ecran",
    "télé": "ecran",
    "tonte de gazon": "dechets-verts",
    "seringues": "seringue",
    "canettes": "canette",
    "batterie de voiture": "batterie-voiture",
    "dans quelle poubelle je mets les couches ?": "couche",
    "je voudrais me débarrasser d'un canapé": "canape",
    "plaque d'amiante": "amiante",
    "machine à laver en panne": "gros-electromenager",
    "gros cartons": "gros-carton",
}
NOTHING = [
    "bonjour",
    "",
    "???",
    "un trou dans la rue",
    "lampadaire éteint",
    "quel est mon solde",
    "xyzzy",
    "horaires de la piscine",
    "je veux parler à un conseiller",
    "passeport",
    "d" * 500,
]
UNSURE = {
    "bouteille": {"bouteille-plastique", "bouteille-en-verre"},
    "huile": {"huile-de-cuisine", "huile-de-moteur"},
}


@pytest.fixture
def rules(db: None) -> None:
    sorting_load()


@pytest.mark.parametrize(("said", "code"), SURE.items())
def test_what_is_said_finds_its_rule(rules: None, said: str, code: str) -> None:
    answer = sorting_answer(query=said)
    assert answer.certainty is Certainty.SURE, [row.code for row in answer.alternatives]
    assert answer.rule is not None
    assert answer.rule.code == code


@pytest.mark.parametrize("said", NOTHING)
def test_what_is_no_waste_is_not_guessed(rules: None, said: str) -> None:
    answer = sorting_answer(query=said)
    assert answer.certainty is Certainty.UNKNOWN, (answer.rule, answer.alternatives)
    assert answer.rule is None
    assert answer.alternatives == ()


@pytest.mark.parametrize(("said", "among"), UNSURE.items())
def test_a_word_of_several_wastes_is_asked_back(rules: None, said: str, among: set[str]) -> None:
    answer = sorting_answer(query=said)
    assert answer.certainty is Certainty.UNSURE
    assert answer.rule is None
    assert among <= {row.code for row in answer.alternatives}


def test_every_name_and_synonym_finds_its_own_rule_first() -> None:
    index = SortingIndex({row["code"]: (row["name"], *row["synonyms"]) for row in RULES})
    wrong = {
        (term, row["code"]): [match.code for match in index.matches(term)[:2]]
        for row in RULES
        for term in (row["name"], *row["synonyms"])
        if index.matches(term)[0].code != row["code"]
    }
    assert wrong == {}


def test_the_shipped_rules_cover_what_a_home_throws_away() -> None:
    assert len(RULES) >= 80
    assert {row["outlet"] for row in RULES} == set(Outlet.values)
    for row in RULES:
        assert row["advice"].endswith("."), row["code"]
        assert words(row["name"]), row["code"]


def test_packaging_goes_into_the_yellow_bin_and_glass_apart() -> None:
    outlets = {row["code"]: row["outlet"] for row in RULES}
    yellow = ["pot-de-yaourt", "barquette", "film-plastique", "aerosol", "bouteille-plastique"]
    assert {outlets[code] for code in yellow} == {Outlet.YELLOW_BIN}
    assert {outlets[code] for code in ("bocal", "bouteille-en-verre")} == {Outlet.GLASS}
    assert outlets["vaisselle"] == Outlet.RESIDUAL_BIN
