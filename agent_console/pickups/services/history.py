"""What a setting was before and is now, for the append-only history."""

from typing import Any

from django.contrib.auth.models import User

from ..models import CommuneRule, Item, Pattern, Sector, SettingChange, Slot

type Setting = Sector | CommuneRule | Item | Pattern | Slot


def snapshot(setting: Setting) -> dict[str, Any]:
    """The values of a setting that people edit, as JSON holds them."""
    match setting:
        case Sector():
            communes = sorted(setting.communes.values_list("name", flat=True))
            return {
                "nom": setting.name,
                "opérateur": setting.operator_name,
                "téléphone": setting.operator_phone,
                "communes": ", ".join(communes),
            }
        case CommuneRule():
            return {
                "objets": setting.max_objects,
                "litres": setting.max_litres,
                "préavis (jours)": setting.lead_days,
                "à l’avance (jours)": setting.ahead_days,
                "rendez-vous": setting.max_bookings,
                "période (jours)": setting.period_days,
            }
        case Item():
            return {
                "nom": setting.label_fr,
                "nom anglais": setting.label_en,
                "autres noms": ", ".join(setting.synonyms),
                "collecté": "oui" if setting.is_accepted else "non",
                "litres": setting.litres,
                "où l’apporter": setting.instead_fr,
                "où l’apporter (anglais)": setting.instead_en,
                "au catalogue": "oui" if setting.is_offered else "non",
            }
        case Pattern():
            return {
                "jours": setting.weekdays,
                "toutes les (semaines)": setting.interval_weeks,
                "du": setting.starts_on.isoformat(),
                "au": setting.ends_on.isoformat() if setting.ends_on else None,
                "moment": setting.window,
                "capacité": setting.capacity,
                "unité": setting.unit,
                "active": "oui" if setting.is_active else "non",
            }
        case Slot():
            return {
                "capacité": setting.capacity,
                "unité": setting.unit,
                "ouvert": "oui" if setting.is_open else "non",
            }


def record(
    *,
    kind: str,
    key: str,
    label: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: User | None,
) -> None:
    """Write down a change unless nothing changed."""
    if before != after:
        SettingChange.objects.create(
            kind=kind, key=key[:64], label=label[:120], before=before, after=after, actor=actor
        )
