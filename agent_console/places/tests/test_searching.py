"""Addresses as people write and say them, against the hand-made gazetteer."""

import pytest

from agent_console.places.geocoding.port import Precision, Source
from agent_console.places.selectors import place_resolve

_SIXTH = "12 Rue Paradis, 13006 Marseille"
NOISY = {
    "12 rue Paradis 13006": _SIXTH,
    "12 r paradis marseille 6e": _SIXTH,
    "12, rue paradis, Marseille 6ème": _SIXTH,
    "12 rue paradis sixième": _SIXTH,
    "12 RUE PARADIS 13 006 MARSEILLE": _SIXTH,
    "douze rue paradis marseille 6": _SIXTH,
    "rue paradis 12, dans le 6e": _SIXTH,
    "paradis rue 12 marseille 6e": _SIXTH,
    "paradis (rue) 12 13006": _SIXTH,
    "paradis, rue 12 bis 13006": "12 bis Rue Paradis, 13006 Marseille",
    "rue paradis numéro douze 6ème arrondissement": _SIXTH,
    "devant le 12 rue paradis 6e": _SIXTH,
    "bonjour, il y a un trou au niveau du 12 de la rue paradis, 13006, en face du tabac": _SIXTH,
    "12 rue pardais 13006": _SIXTH,
    "12 rue parradi 13006": _SIXTH,
    "12 ru paradi 13006": _SIXTH,
    "12-14 rue Paradis 13006": _SIXTH,
    "au 12 rue paradis 13006 devant la poste": _SIXTH,
    "12bis rue paradis 13006": "12 bis Rue Paradis, 13006 Marseille",
    "12 BIS, rue paradis 13006": "12 bis Rue Paradis, 13006 Marseille",
    "douze bis rue paradis 13006": "12 bis Rue Paradis, 13006 Marseille",
    "9 B rue paradis 13006": "9 B Rue Paradis, 13006 Marseille",
    "rue paradis 9 a, 13006": "9 A Rue Paradis, 13006 Marseille",
    "un rue paradis 13006": "1 Rue Paradis, 13006 Marseille",
    "rue republique marseille": "Rue de la République, 13002 Marseille",
    "rue de la republique 13002": "Rue de la République, 13002 Marseille",
    "bd de gaulle general, marignane": "Boulevard du Général de Gaulle, 13700 Marignane",
    "bd gal de gaulle marignane": "Boulevard du Général de Gaulle, 13700 Marignane",
    "boulevard du général degaulle à marignanne": "Boulevard du Général de Gaulle, 13700 Marignane",
    "rue st ferreol 13006": "Rue Saint-Ferréol, 13006 Marseille",
    "rue saint férréole 6e": "Rue Saint-Ferréol, 13006 Marseille",
    "5 av du 7e régiment de tirailleurs algeriens": (
        "5 Avenue du 7e Régiment de Tirailleurs Algériens, 13009 Marseille"
    ),
    "rue des 3 mages": "Rue des Trois Mages, 13006 Marseille",
    "avenue cantini 13006": "Avenue Jules Cantini, 13006 Marseille",
    "12 canebière marseille": "12 La Canebière, 13001 Marseille",
    "la canebiere": "La Canebière, 13001 Marseille",
    "5 imp pichu marseille 16 eme": "5 Impasse Pichou, 13016 Marseille",
    "1 ch de la nerte 13016": "1 Chemin de la Nerthe, 13016 Marseille",
    "2 rue de Paris, Marseille": "2 Rue de Paris, 13001 Marseille",
    "boulevard de Lyon": "Boulevard de Lyon, 13015 Marseille",
    "pl gare du sud 13010": "Place de la Gare du Sud, 13010 Marseille",
    "rond point du prdao 8e": "Rond-Point du Prado, 13008 Marseille",
    "rd pt prado": "Rond-Point du Prado, 13008 Marseille",
    "2 rue louve vitrolle": "2 Rue Louve, 13127 Vitrolles",
    "20 che vallon de loriol 13007": "20 Chemin du Vallon de l’Oriol, 13007 Marseille",
    "5 trav nd bonsecours 13014": "5 Traverse Notre-Dame de Bon Secours, 13014 Marseille",
    "1 bouvelard fenouille 16e": "1 Boulevard Fenouil, 13016 Marseille",
    "12 rue paradis 13006 pour un trou": _SIXTH,
    "12 rue des prés il y a un trou": "12 Rue des Prés, 13013 Marseille",
    "rue des prés 12, près du parc": "12 Rue des Prés, 13013 Marseille",
    "2 ch du mauvais pas": "2 Chemin du Mauvais Pas, 13013 Marseille",
    "1 av de la marche pour l egalite, en face du parc": (
        "1 Avenue de la Marche pour l’Égalité, 13003 Marseille"
    ),
}
NONSENSE = (
    "bonjour",
    "je voudrais un rendez-vous",
    "il y a des rats dans la rue",
    "la rue est sale",
    "12",
    "12 rue",
    "boulevard",
    "rue xqzt",
    "avenue des licornes bleues",
    "sur la place il y a du verre cassé",
    "le camion est passé sur la route ce matin",
    "azertyuiop",
    "parc fermé",
    "au bout de l’impasse",
)


def test_an_address_is_found_however_it_is_written(gazetteer: None) -> None:
    found = {text: place_resolve(text=text) for text in NOISY}
    assert {text: one.place and one.place.label for text, one in found.items()} == NOISY
    assert all(one.found and one.in_territory for one in found.values())
    assert {one.source for one in found.values()} == {Source.OWN}


def test_what_is_no_address_finds_nothing(gazetteer: None) -> None:
    found = {text: place_resolve(text=text) for text in NONSENSE}
    assert {text: one.label for text, one in found.items() if one.found or one.place} == {}


def test_a_house_number_decides_between_arrondissements(gazetteer: None) -> None:
    found = place_resolve(text="400 rue Paradis, Marseille")
    assert found.place is not None
    assert (found.place.insee, found.ambiguous) == ("13208", False)
    assert found.place.precision is Precision.NUMBER
    assert [place.insee for place in found.alternatives] == ["13206"]


def test_one_name_in_two_communes_is_ambiguous_and_names_no_commune(gazetteer: None) -> None:
    found = place_resolve(text="rue de la République")
    assert (found.found, found.in_territory, found.ambiguous) == (True, True, True)
    assert found.commune is None
    assert found.place is not None
    labels = {place.label for place in (found.place, *found.alternatives)}
    assert {
        "Rue de la République, 13002 Marseille",
        "Rue de la République, 13400 Aubagne",
    } <= labels


def test_one_name_in_two_arrondissements_is_still_in_the_city(gazetteer: None) -> None:
    found = place_resolve(text="12 rue Paradis")
    assert found.ambiguous
    assert found.commune is not None
    assert found.commune.insee == "13055"


def test_the_commune_heard_apart_decides(gazetteer: None) -> None:
    found = place_resolve(text="5 rue de la république", commune="Aubagne")
    assert (found.label, found.ambiguous) == ("5 Rue de la République, 13400 Aubagne", False)


def test_a_street_of_another_commune_than_the_one_said_is_not_taken(gazetteer: None) -> None:
    found = place_resolve(text="2 rue Louve", commune="Aubagne")
    assert found.commune is not None
    assert found.commune.insee == "13005"
    assert found.place is not None
    assert found.place.precision is Precision.COMMUNE
    assert found.label == "2 rue Louve, Aubagne"


def test_a_mistaken_arrondissement_finds_the_street_at_a_lower_score(gazetteer: None) -> None:
    found = place_resolve(text="rue Saint-Ferréol 13008")
    assert found.place is not None
    assert found.place.insee == "13206"
    assert found.place.score <= 0.9


def test_a_position_decides_between_equal_streets(gazetteer: None) -> None:
    found = place_resolve(text="rue de la République", latitude=43.293, longitude=5.571)
    assert (found.ambiguous, found.label) == (False, "Rue de la République, 13400 Aubagne")


def test_an_unknown_number_stands_between_its_neighbours(gazetteer: None) -> None:
    found = place_resolve(text="16 rue Paradis 13006")
    assert found.place is not None
    assert found.place.precision is Precision.INTERPOLATED
    assert found.place.longitude == pytest.approx(5.380 + 16 * 0.00005)


def test_an_unknown_suffix_stands_at_its_number(gazetteer: None) -> None:
    found = place_resolve(text="5 ter rue Paradis 13006")
    assert found.place is not None
    assert (found.place.house_number, found.place.precision) == ("5 ter", Precision.INTERPOLATED)


def test_a_number_far_beyond_the_street_is_at_its_middle(gazetteer: None) -> None:
    found = place_resolve(text="900 rue Saint-Ferréol 13006")
    assert found.place is not None
    assert found.place.precision is Precision.STREET
    assert found.place.longitude == pytest.approx(5.379 + 9 * 0.00005)


def test_without_addresses_the_commune_is_found(metropolis: None) -> None:
    found = place_resolve(text="12 rue Paradis 13006")
    assert found.source is Source.COMMUNES
    assert found.commune is not None
    assert found.commune.insee == "13206"
    assert found.place is not None
    assert (found.place.precision, found.place.latitude) == (Precision.COMMUNE, None)
