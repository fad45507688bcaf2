"""What people say of their objects, and which object that is."""

import pytest

from agent_console.pickups.matching import Status, parse
from agent_console.pickups.models import Item
from agent_console.pickups.selectors.settings import items_said

pytestmark = pytest.mark.django_db


def said(text: str) -> list[tuple[int, str]]:
    return [(match.count, match.code) for match, _, _ in items_said(text=text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un canapé", [(1, "sofa")]),
        ("2 vieux canapés et un frigo", [(2, "sofa"), (1, "fridge")]),
        ("CANAPES", [(1, "sofa")]),
        ("trois chaises, une table basse", [(3, "chair"), (1, "coffee-table")]),
        ("une machine à laver cassée", [(1, "washing-machine")]),
        ("canapé 3 places en cuir", [(1, "sofa")]),
        ("un petit canapé", [(1, "sofa-2")]),
        ("matelas x2", [(2, "mattress-2")]),
        ("x3 fauteuils", [(3, "armchair")]),
        ("une dizaine de chaises", [(10, "chair")]),
        ("lits superposés", [(1, "bunk-bed")]),
        ("deux rouleaux de moquette", [(2, "carpet")]),
        ("des bureaux", [(1, "desk")]),
        ("buffet + bahut", [(1, "sideboard"), (1, "sideboard")]),
        ("a sofa and two chairs", [(1, "sofa"), (2, "chair")]),
        ("frigo américain", [(1, "fridge")]),
        ("cuisinière à gaz", [(1, "cooker")]),
        ("", []),
        ("  ,, et ", []),
    ],
)
def test_objects_are_recognised(pickups: None, text: str, expected: list[tuple[int, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("des gravats", "rubble"),
        ("trois sacs de gravats", "rubble"),
        ("une bouteille de gaz", "gas-bottle"),
        ("4 pneus", "tyre"),
        ("pneus de vélo", "tyre"),
        ("des déchets verts", "green-waste"),
        ("branches", "green-waste"),
        ("pots de peinture", "hazardous"),
        ("plaques d'amiante", "hazardous"),
        ("un vieux moteur de bateau", "vehicle"),
        ("mon scooter", "vehicle"),
    ],
)
def test_what_is_forbidden_says_where_to_take_it(pickups: None, text: str, code: str) -> None:
    [(match, item, _)] = items_said(text=text)
    assert (match.status, match.code) == (Status.FORBIDDEN, code)
    assert item is not None
    assert item.instead_fr


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("un canappé", "sofa"),
        ("matela", "mattress-2"),
        ("refrigirateur", "fridge"),
        ("une armoir", "wardrobe"),
        ("lave-linje", "washing-machine"),
        ("un matlas 2 personnes", "mattress-2"),
    ],
)
def test_a_typing_error_is_forgiven_and_marked(pickups: None, text: str, code: str) -> None:
    [(match, _, _)] = items_said(text=text)
    assert match.code == code
    assert match.status is Status.ACCEPTED


def test_the_first_name_in_a_phrase_is_the_object(pickups: None) -> None:
    assert said("vélo avec des pneus crevés") == [(1, "bicycle")]
    assert said("matelas pneumatique")[0][1] == "mattress-2"


def test_what_is_unknown_gets_alternatives_or_none(pickups: None) -> None:
    [(match, item, near)] = items_said(text="un fauteille roulant")
    assert match.status is Status.UNKNOWN
    assert item is None
    assert all(isinstance(other, Item) for other in near)
    [(match, _, near)] = items_said(text="xyzzy")
    assert (match.status, near) == (Status.UNKNOWN, [])


def test_a_count_is_bounded() -> None:
    assert parse("99999 chaises", [])[0].count == 99
    assert parse("0 chaise", [])[0].count == 1


def test_a_withdrawn_object_is_no_longer_recognised(pickups: None) -> None:
    Item.objects.filter(pk="piano").update(is_offered=False)
    assert said("un piano droit") == [(1, "")]


def test_every_label_of_the_catalogue_is_its_own_name(pickups: None) -> None:
    """Pages write objects back as text: what they write is read again as it was."""
    for item in Item.objects.all():
        for label in (item.label_fr, item.label_en):
            assert said(f"2 {label}\n3 Chaise") == [(2, item.code), (3, "chair")]
