"""Supervisors' changes of sectors, rules and items.

Each function is one transaction that holds the new values and their line of the history: after a
crash neither is there, and the supervisor's page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.places.models import Commune

from ..errors import CommuneUnknown, SettingInvalid
from ..models import CommuneRule, Item, Sector, SectorCommune
from .history import record, snapshot


@dataclass(frozen=True)
class RuleTerms:
    """What a commune allows; days are whole days, volumes litres."""

    max_objects: int
    max_litres: int
    lead_days: int
    ahead_days: int
    max_bookings: int
    period_days: int

    def check(self) -> None:
        """Raise ``SettingInvalid`` when nothing could be booked under these."""
        if min(self.max_objects, self.max_litres, self.lead_days) < 1:
            raise SettingInvalid("Les limites valent au moins 1.", max_objects="too_low")
        if self.ahead_days < self.lead_days:
            raise SettingInvalid(
                "L’horizon doit dépasser le préavis, sinon rien n’est réservable.",
                ahead_days="below_lead",
            )


@transaction.atomic
def rule_set(*, insee: str | None, terms: RuleTerms, actor: User) -> CommuneRule:
    """Set the rule of a commune, or with ``None`` the one that holds wherever there is none.

    Raises ``CommuneUnknown``, ``SettingInvalid``.
    """
    terms.check()
    commune = Commune.objects.filter(pk=insee).first()
    if insee is not None and commune is None:
        raise CommuneUnknown
    rule = CommuneRule.objects.select_for_update().filter(commune=commune).first()
    before = snapshot(rule) if rule else None
    rule = rule or CommuneRule(commune=commune)
    for name, value in vars(terms).items():
        setattr(rule, name, value)
    rule.is_confirmed = True
    rule.save()
    record(
        kind="rule",
        key=rule.key,
        label=commune.name if commune else "Toutes les communes",
        before=before,
        after=snapshot(rule),
        actor=actor,
    )
    return rule


@transaction.atomic
def rule_remove(*, insee: str, actor: User) -> None:
    """Let the general rule hold for a commune again; removing what isn't there changes nothing."""
    rule = (
        CommuneRule.objects.select_for_update(of=("self",))
        .select_related("commune")
        .filter(commune_id=insee)
        .first()
    )
    if rule is None or rule.commune is None:
        return
    record(
        kind="rule",
        key=rule.key,
        label=rule.commune.name,
        before=snapshot(rule),
        after=None,
        actor=actor,
    )
    rule.delete()


@transaction.atomic
def sector_set(
    *,
    code: str,
    name: str,
    operator_name: str,
    operator_phone: str,
    communes: Sequence[str],
    actor: User,
) -> Sector:
    """Make or change a sector; a commune that is in another sector moves here.

    Slots and bookings that exist stay with their sector.  Raises ``SettingInvalid``.
    """
    if operator_name and not operator_phone:
        raise SettingInvalid(
            "Indiquez le numéro de l’autre opérateur : c’est lui que l’on donne aux habitants.",
            operator_phone="missing",
        )
    sector = Sector.objects.select_for_update().filter(pk=code).first()
    before = snapshot(sector) if sector else None
    sector = sector or Sector(code=code)
    sector.name = name
    sector.operator_name = operator_name
    sector.operator_phone = operator_phone
    sector.is_confirmed = True
    sector.save()
    SectorCommune.objects.filter(sector=sector).exclude(commune_id__in=communes).delete()
    for insee in communes:
        moved, _ = SectorCommune.objects.select_for_update().get_or_create(
            commune_id=insee, defaults={"sector": sector}
        )
        if moved.sector_id != sector.code:
            _move(moved, sector, actor)
    record(
        kind="sector",
        key=sector.code,
        label=sector.name,
        before=before,
        after=snapshot(sector),
        actor=actor,
    )
    return sector


@transaction.atomic
def item_set(
    *,
    code: str,
    label_fr: str,
    label_en: str,
    synonyms: Sequence[str],
    is_accepted: bool,
    litres: int | None,
    instead_fr: str,
    instead_en: str,
    is_offered: bool,
    actor: User,
) -> Item:
    """Make or change an object of the catalogue, taken or refused.  Raises ``SettingInvalid``."""
    if is_accepted and not litres:
        raise SettingInvalid("Indiquez le volume d’un objet collecté.", litres="missing")
    if not is_accepted and not instead_fr:
        raise SettingInvalid("Indiquez où apporter un objet que l’on refuse.", instead_fr="missing")
    item = Item.objects.select_for_update().filter(pk=code).first()
    before = snapshot(item) if item else None
    item = item or Item(code=code)
    item.label_fr = label_fr
    item.label_en = label_en
    item.synonyms = list(dict.fromkeys(synonyms))
    item.is_accepted = is_accepted
    item.litres = litres if is_accepted else None
    item.instead_fr = instead_fr
    item.instead_en = instead_en
    item.is_offered = is_offered
    item.is_confirmed = True
    item.save()
    record(
        kind="item",
        key=item.code,
        label=item.label_fr,
        before=before,
        after=snapshot(item),
        actor=actor,
    )
    return item


def _move(moved: SectorCommune, sector: Sector, actor: User) -> None:
    """Take a commune out of its sector, with a line in that one's history too."""
    left = moved.sector
    before = snapshot(left)
    moved.sector = sector
    moved.save(update_fields=["sector"])
    record(
        kind="sector",
        key=left.code,
        label=left.name,
        before=before,
        after=snapshot(left),
        actor=actor,
    )
