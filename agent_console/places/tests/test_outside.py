"""Places outside the Metropolis are named in the refusal; streets named after them aren't."""

from agent_console.places.selectors import place_resolve

OUTSIDE = {
    "Paris": "Paris",
    "12 rue de la Paix, Paris": "Paris",
    "12 rue de Rivoli à Paris": "Paris",
    "10 place Bellecour Lyon": "Lyon",
    "rue des Lices, Toulon": "Toulon",
    "75001": "75001 (Paris)",
    "3 rue Victor Hugo 69002": "69002 (Rhône)",
    "13200 Arles": "Arles (13200)",
    "j’habite en Ardèche": "Ardèche",
    "dans le Finistère": "Finistère",
    "97400 Saint-Denis": "97400 (La Réunion)",
}
INSIDE_OR_NOWHERE = (
    "12 rue de Paris, Marseille",
    "boulevard de Lyon",
    "rue de Nice",
    "hôtel de Paris",
    "devant la gare de Lyon",
    "un sac orange",
    "dans le nord",
    "lampadaire numéro 75012",
    "notre-dame de la garde",
    "Saint-Zacharie, dans le Var",
    "84120 Pertuis",
    "13281 Marseille cedex 06",
    "13281",
)


def test_a_place_outside_is_named(metropolis: None) -> None:
    found = {text: place_resolve(text=text) for text in OUTSIDE}
    assert {text: one.outside for text, one in found.items()} == OUTSIDE
    for one in found.values():
        assert (one.found, one.in_territory, one.commune) == (True, False, None)
        assert one.message.startswith(f"{one.outside} n’est pas dans la Métropole")


def test_no_false_alarm(metropolis: None) -> None:
    found = {text: place_resolve(text=text).outside for text in INSIDE_OR_NOWHERE}
    assert {text: name for text, name in found.items() if name} == {}


def test_the_commune_heard_apart_may_be_outside(metropolis: None) -> None:
    assert place_resolve(text="12 rue de la Paix", commune="Paris").outside == "Paris"


def test_a_street_of_ours_that_ends_in_a_towns_name_is_ours(gazetteer: None) -> None:
    assert place_resolve(text="2 rue Paris").label == "2 Rue de Paris, 13001 Marseille"
