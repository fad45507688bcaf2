"""Defaults, supervisors' changes of them, and who changed what."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, InternalError, transaction

from agent_console.pickups import errors
from agent_console.pickups.models import CommuneRule, Item, Sector, SettingChange
from agent_console.pickups.selectors.settings import (
    commune_named,
    coverage_of,
    items,
    rules,
    served_coverage_of,
)
from agent_console.pickups.services.defaults import defaults_load
from agent_console.pickups.services.settings import (
    RuleTerms,
    item_set,
    rule_remove,
    rule_set,
    sector_set,
)
from agent_console.places.models import Commune

pytestmark = pytest.mark.django_db
TERMS = RuleTerms(
    max_objects=4,
    max_litres=1500,
    lead_days=3,
    ahead_days=20,
    max_bookings=1,
    period_days=180,
)


def test_every_commune_and_arrondissement_is_in_one_sector(pickups: None) -> None:
    for commune in Commune.objects.exclude(pk="13055"):
        coverage = coverage_of(commune=commune)
        assert coverage.rule.max_objects > 0
        assert not coverage.is_confirmed, "what is shipped is marked as a default"


def test_defaults_leave_what_is_there_alone(pickups: None, agent: User) -> None:
    rule_set(insee=None, terms=TERMS, actor=agent)
    Item.objects.filter(pk="sofa").update(litres=999)
    Sector.objects.filter(pk="aix").update(name="Aix")
    before = (Item.objects.count(), Sector.objects.count(), CommuneRule.objects.count())
    defaults_load()
    assert before == (Item.objects.count(), Sector.objects.count(), CommuneRule.objects.count())
    assert CommuneRule.objects.get(commune=None).max_objects == 4
    assert Item.objects.get(pk="sofa").litres == 999
    assert Sector.objects.get(pk="aix").name == "Aix"


@pytest.mark.parametrize(
    ("place", "insee", "sector"),
    [
        ("12 rue Paradis, Marseille 6e", "13206", "marseille-centre"),
        ("13008", "13208", "marseille-sud"),
        ("Aix", "13001", "aix"),
        ("place de la mairie, Salon-de-Provence", "13103", "salon"),
    ],
)
def test_a_place_leads_to_its_sector(pickups: None, place: str, insee: str, sector: str) -> None:
    if place == "Aix":
        place = "Aix-en-Provence"
    commune = commune_named(place=place)
    assert commune.insee == insee
    assert served_coverage_of(commune=commune).sector.code == sector


def test_a_place_outside_is_refused(pickups: None) -> None:
    with pytest.raises(errors.CommuneUnknown):
        commune_named(place="Lyon")
    with pytest.raises(errors.CommuneUnknown):
        commune_named(insee="69123")


def test_a_commune_gets_its_rule_and_loses_it_again(pickups: None, agent: User) -> None:
    aix = Commune.objects.get(pk="13001")
    rule_set(insee="13001", terms=TERMS, actor=agent)
    assert coverage_of(commune=aix).rule.max_objects == 4
    assert [rule.key for rule in rules()] == ["default", "13001", "13055"]
    rule_remove(insee="13001", actor=agent)
    rule_remove(insee="13001", actor=agent)
    assert coverage_of(commune=aix).rule.commune is None
    removed, made = SettingChange.objects.filter(key="13001")
    assert (made.before, removed.after) == (None, None)
    assert made.actor == agent


def test_a_change_says_what_was_before_and_no_change_says_nothing(
    pickups: None, agent: User
) -> None:
    for _ in range(2):
        rule_set(insee=None, terms=TERMS, actor=agent)
    [change] = SettingChange.objects.all()
    assert change.label == "Toutes les communes"
    assert ("objets", 8, 4) in change.differences
    assert CommuneRule.objects.get(commune=None).is_confirmed


def test_a_rule_under_which_nothing_could_be_booked_is_refused(pickups: None, agent: User) -> None:
    terms = RuleTerms(**{**vars(TERMS), "ahead_days": 2})
    with pytest.raises(errors.SettingInvalid):
        rule_set(insee=None, terms=terms, actor=agent)
    assert not SettingChange.objects.exists()


def test_an_operator_needs_a_number_and_a_commune_moves_with_a_trace(
    pickups: None, agent: User
) -> None:
    with pytest.raises(errors.SettingInvalid):
        sector_set(
            code="trets",
            name="Trets",
            operator_name="la Ville de Trets",
            operator_phone="",
            communes=["13110"],
            actor=agent,
        )
    sector_set(
        code="trets",
        name="Trets",
        operator_name="la Ville de Trets",
        operator_phone="04 00 00 00 00",
        communes=["13110"],
        actor=agent,
    )
    trets = Commune.objects.get(pk="13110")
    with pytest.raises(errors.ServedElsewhere):
        served_coverage_of(commune=trets)
    assert set(SettingChange.objects.values_list("key", flat=True)) == {"trets", "haut-arc"}


def test_an_object_is_added_refused_and_withdrawn(pickups: None, agent: User) -> None:
    terms = {
        "code": "aquarium",
        "label_fr": "Aquarium",
        "label_en": "Fish tank",
        "synonyms": ["terrarium", "terrarium"],
        "litres": 150,
        "instead_fr": "",
        "instead_en": "",
        "is_offered": True,
        "actor": agent,
    }
    made = item_set(is_accepted=True, **terms)  # type: ignore[arg-type]
    assert made.synonyms == ["terrarium"]
    assert made in items(is_accepted=True)
    with pytest.raises(errors.SettingInvalid):
        item_set(is_accepted=True, **{**terms, "litres": None})  # type: ignore[arg-type]
    with pytest.raises(errors.SettingInvalid):
        item_set(is_accepted=False, **terms)  # type: ignore[arg-type]
    item_set(is_accepted=True, **{**terms, "is_offered": False})  # type: ignore[arg-type]
    assert made not in items(is_accepted=True)


def test_the_history_of_settings_cannot_be_rewritten(pickups: None, agent: User) -> None:
    rule_set(insee=None, terms=TERMS, actor=agent)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        SettingChange.objects.update(actor=None)
