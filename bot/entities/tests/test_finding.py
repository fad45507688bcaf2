"""Addresses, communes, numbers and quantities by rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entities.addresses import find_addresses, normalise_address
from bot.entities.communes import CommuneTable
from bot.entities.finding import Finder, merged
from bot.entities.items import normalise_item
from bot.entities.numbers import checks, find_phones, find_references
from bot.entities.tagging import features, spans_of, tags
from bot.entities.words import Span, fold, tokens_of

NOW = datetime(2026, 3, 10, 10)
COMMUNES = CommuneTable(
    ["Marseille", "Aix-en-Provence", "Les Pennes-Mirabeau", "Salon-de-Provence", "Port-de-Bouc"]
)


@pytest.mark.parametrize(
    ("text", "said", "value"),
    [
        ("à Marseille 6e svp", "Marseille 6e", {"name": "Marseille", "arrondissement": 6}),
        ("marseille 13ème", "marseille 13ème", {"name": "Marseille", "arrondissement": 13}),
        ("dans le 3eme arrondissement", "3eme arrondissement", None),
        ("dans le 8e", "8e", {"name": "Marseille", "arrondissement": 8}),
        ("marseille sixième", "marseille sixième", {"name": "Marseille", "arrondissement": 6}),
        ("rue de Rome 13006", "13006", {"postcode": "13006"}),
        ("aix", "aix", {"name": "Aix-en-Provence"}),
        ("AIX EN PROVENCE", "AIX EN PROVENCE", {"name": "Aix-en-Provence"}),
        ("aux pennes mirabeau", "pennes mirabeau", {"name": "Les Pennes-Mirabeau"}),
        ("à port de bouc", "port de bouc", {"name": "Port-de-Bouc"}),
    ],
)
def test_a_commune_is_found_as_people_write_it(
    text: str, said: str, value: dict[str, object] | None
) -> None:
    (span,) = COMMUNES.find(text, tokens_of(text))
    assert text[span.start : span.end] == said
    if value is not None:
        assert span.normalised == value


@pytest.mark.parametrize("text", ["marseille 12 rue paradis", "marseille 4 avenue foch"])
def test_a_house_number_is_no_arrondissement(text: str) -> None:
    (span,) = COMMUNES.find(text, tokens_of(text))
    assert text[span.start : span.end] == "marseille"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("devant le 12 rue Paradis", "12 rue Paradis"),
        ("au 12 bis, rue Paradis", "12 bis, rue Paradis"),
        ("au cent vingt rue paradis", "cent vingt rue paradis"),
        ("3ter av jean jaures", "3ter av jean jaures"),
        ("bd michelet", "bd michelet"),
        ("rte de cassis", "rte de cassis"),
        ("CHEMIN DE LA NERTHE", "CHEMIN DE LA NERTHE"),
        ("12 rue de l'Église", "12 rue de l'Église"),
    ],
)
def test_an_address_is_a_number_a_way_and_a_name(text: str, said: str) -> None:
    (span,) = find_addresses(tokens_of(text))
    assert text[span.start : span.end] == said


@pytest.mark.parametrize("text", ["la rue est sale", "la place est vide", "deux matelas"])
def test_a_way_without_a_name_is_no_address(text: str) -> None:
    assert find_addresses(tokens_of(text)) == []


def test_an_address_is_taken_apart() -> None:
    assert normalise_address("12 bis rue Paradis") == {
        "number": 12,
        "suffix": "bis",
        "street": "rue Paradis",
    }
    assert normalise_address("cent vingt rue Paradis") == {
        "number": 120,
        "suffix": None,
        "street": "rue Paradis",
    }
    assert normalise_address("bd Michelet") == {
        "number": None,
        "suffix": None,
        "street": "bd Michelet",
    }


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("06 39 98 00 01", "+33639980001"),
        ("mon numéro 0639980001 merci", "+33639980001"),
        ("+33 6 39 98 77 15", "+33639987715"),
        ("zéro six trente-neuf quatre-vingt-dix-huit douze treize", "+33639981213"),
    ],
)
def test_a_telephone_number_is_read(text: str, e164: str) -> None:
    (span,) = find_phones(text)
    assert span.normalised == {"e164": e164}


def test_a_reference_checks_or_is_none() -> None:
    assert checks("482177362")
    (span,) = find_references("suivi 482-177-362 svp")
    assert span.normalised == {"digits": "482177362", "kind": "report"}
    assert find_references("suivi 482-177-365 svp") == []
    (spoken,) = find_references(
        "quatre cent quatre-vingt-deux cent soixante-dix-sept trois cent soixante-deux"
    )
    assert spoken.normalised == {"digits": "482177362", "kind": "report"}


@pytest.mark.parametrize("text", ["MP-002210", "851-791-62", "482-177-365"])
def test_a_reference_that_does_not_check_is_tagged_without_a_value(text: str) -> None:
    said = f"mon dossier {text} svp"
    (span,) = [s for s in Finder(COMMUNES).hints(said, tokens_of(said)) if s.entity == "reference"]
    assert said[span.start : span.end] == text
    assert span.normalised is None


@given(st.integers(0, 10**9 - 1), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_never_checks(number: int, place: int, shift: int) -> None:
    digits = f"{number:09d}"
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    assert not (checks(digits) and checks(wrong))


@pytest.mark.parametrize(
    ("text", "quantity", "name"),
    [
        ("deux matelas", 2, "matelas"),
        ("un vieux canapé", 1, "vieux canapé"),
        ("une dizaine de chaises", 10, "chaises"),
        ("3 pneus", 3, "pneus"),
        ("des meubles", None, "meubles"),
        ("frigo", None, "frigo"),
    ],
)
def test_a_quantity_is_read(text: str, quantity: int | None, name: str) -> None:
    assert normalise_item(text) == {"quantity": quantity, "name": name}


def test_a_feast_in_a_street_is_no_date() -> None:
    text = "12 rue du 4 septembre"
    finder = Finder(COMMUNES)
    tokens = tokens_of(text)
    learnt = spans_of(tokens, tags(tokens, [("address", 0, len(text))]))
    spans = merged(learnt, finder.hints(text, tokens), finder.dates(text, "problem", NOW))
    assert spans == [Span("address", 0, len(text))]


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert len(fold(text)) == len(text)
    tokens = tokens_of(text)
    for token in tokens:
        assert text[token.start : token.end] == token.text
    finder = Finder(COMMUNES)
    hints = finder.hints(text, tokens)
    assert len(features(tokens, hints, "other")) == len(tokens)
    for span in [*hints, *finder.dates(text, "other", NOW)]:
        assert 0 <= span.start < span.end <= len(text)
