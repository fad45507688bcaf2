"""Who collects at a place and under which rule; the catalogue; what was changed."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from agent_console.places.models import Commune
from agent_console.places.selectors import commune_find, place_resolve

from ..errors import ArrondissementNeeded, CommuneUnknown, NotServed, ServedElsewhere
from ..matching import Match, Named, parse
from ..models import CommuneRule, Item, Sector, SectorCommune, SettingChange


@dataclass(frozen=True)
class Coverage:
    """Who serves a commune, and what it allows."""

    commune: Commune
    sector: Sector
    rule: CommuneRule

    @property
    def is_confirmed(self) -> bool:
        """Whether the Metropolis has confirmed all of it."""
        return self.sector.is_confirmed and self.rule.is_confirmed


def commune_named(*, insee: str = "", place: str = "") -> Commune:
    """The commune of an official code, else the one that a text means.  ``CommuneUnknown``.

    An address says more than a name: its arrondissement, where addresses are loaded.
    """
    if insee:
        commune = Commune.objects.filter(pk=insee).first()
    else:
        commune = place_resolve(text=place).commune or commune_find(place)
    if commune is None:
        raise CommuneUnknown
    return commune


def coverage_of(*, commune: Commune) -> Coverage:
    """Sector and rule of a commune or arrondissement.

    Raises ``ArrondissementNeeded`` when only its arrondissements have sectors, ``NotServed`` when
    no sector has it.
    """
    link = (
        SectorCommune.objects.select_related("sector")
        .filter(commune_id__in=_with_parent(commune))
        .order_by("-commune_id")
        .first()
    )
    if link is None:
        if SectorCommune.objects.filter(commune__parent=commune).exists():
            raise ArrondissementNeeded(commune.name)
        raise NotServed
    return Coverage(commune=commune, sector=link.sector, rule=rule_of(commune=commune))


def served_coverage_of(*, commune: Commune) -> Coverage:
    """As ``coverage_of``, for booking: raises ``ServedElsewhere`` too."""
    coverage = coverage_of(commune=commune)
    if not coverage.sector.is_served:
        raise ServedElsewhere(coverage.sector.operator_name, coverage.sector.operator_phone)
    return coverage


def rule_of(*, commune: Commune) -> CommuneRule:
    """The commune's own rule, else its parent's, else the general one.  ``NotServed``."""
    found = {rule.commune_id: rule for rule in CommuneRule.objects.select_related("commune")}
    for insee in (*_with_parent(commune), None):
        if insee in found:
            return found[insee]
    raise NotServed


def rules() -> QuerySet[CommuneRule]:
    """The general rule first, then the communes' own by name."""
    return CommuneRule.objects.select_related("commune").order_by(
        F("commune__name").asc(nulls_first=True)
    )


def sectors() -> QuerySet[Sector]:
    """All sectors by name, with their communes."""
    return Sector.objects.prefetch_related("communes").order_by("name")


def items(*, is_accepted: bool, with_withdrawn: bool = False) -> QuerySet[Item]:
    """The catalogue, or what is refused, by name."""
    found = Item.objects.filter(is_accepted=is_accepted)
    return found if with_withdrawn else found.filter(is_offered=True)


def items_said(*, text: str) -> list[tuple[Match, Item | None, list[Item]]]:
    """What a text names: each match, its object, and what it may be when it is unknown."""
    by_code = {item.code: item for item in Item.objects.filter(is_offered=True)}
    catalogue = [
        Named(item.code, (item.label_fr, item.label_en, *item.synonyms), item.is_accepted)
        for item in by_code.values()
    ]
    return [
        (match, by_code.get(match.code), [by_code[code] for code in match.near])
        for match in parse(text, catalogue)
    ]


def changes(*, kind: str = "", key: str = "", limit: int = 50) -> QuerySet[SettingChange]:
    """The latest changes, of all settings, one kind, or one of them."""
    found = SettingChange.objects.select_related("actor")
    if kind:
        found = found.filter(kind=kind)
    if key:
        found = found.filter(key=key)
    return found[:limit]


def _with_parent(commune: Commune) -> list[str]:
    return [commune.insee, *([commune.parent_id] if commune.parent_id else [])]
