"""Loading and changing sorting rules.  Each public function is one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify

from agent_console.places.models import Commune

from ..errors import PermissionMissing, SortingInvalid, SortingStale, SortingUnknown
from ..models import SortingChange, SortingOverride, SortingRule
from ..vocabulary import Outlet, Stream

CHANGE = "facilities.change_sorting"
_DEFAULTS = Path(__file__).resolve().parents[1] / "data" / "sorting.yaml"
_SYNONYM_CHARS_MAX = 80
_SYNONYMS_MAX = 60


@transaction.atomic
def sorting_load() -> int:
    """Insert the default rules that are missing; returns how many the file has.

    ONE transaction: after a crash no rule of the file is there that wasn't before.  What is there
    is left alone: a supervisor's change outlives every start.
    """
    rules = yaml.safe_load(_DEFAULTS.read_text(encoding="utf-8"))["rules"]
    SortingRule.objects.bulk_create(
        [
            SortingRule(
                code=row["code"],
                name=row["name"],
                synonyms=row["synonyms"],
                outlet=Outlet(row["outlet"]),
                advice=row["advice"],
                streams=[Stream(code) for code in row["streams"]],
                is_local=row.get("local", False),
            )
            for row in rules
        ],
        ignore_conflicts=True,
    )
    return len(rules)


@transaction.atomic
def sorting_change(
    *,
    code: str,
    version: int,
    name: str,
    synonyms: Iterable[str],
    outlet: str,
    advice: str,
    streams: Iterable[str],
    is_local: bool,
    actor: User,
) -> SortingRule:
    """Replace a rule's content; ``version`` is the one that the person had before them.

    ONE transaction holds the rule and its history: after a crash both are as they were.  The row is
    locked, so of two who save at once the second is told.

    Raises ``PermissionMissing``, ``SortingUnknown``, ``SortingStale``, ``SortingInvalid``.
    """
    rule = _locked(code, version, actor)
    before = _content(rule)
    rule.name = _line(name, 80, "Indiquez le nom du déchet.")
    rule.synonyms = _synonyms(synonyms)
    rule.outlet = _outlet(outlet)
    rule.advice = _line(advice, 300, "Indiquez le conseil.")
    rule.streams = _streams(streams)
    rule.is_local = is_local
    return _saved(rule, None, before, _content(rule), actor)


@transaction.atomic
def sorting_add(*, name: str, outlet: str, advice: str, actor: User) -> SortingRule:
    """A rule for a waste that has none; its code is made from its name and stays.

    ONE transaction holds the rule and its history: after a crash neither is there.

    Raises ``PermissionMissing``, ``SortingInvalid``.
    """
    if not actor.has_perm(CHANGE):
        raise PermissionMissing
    line = _line(name, 80, "Indiquez le nom du déchet.")
    code = slugify(line)[:40].strip("-")
    if not code:
        raise SortingInvalid("Indiquez le nom du déchet.")
    rule, is_new = SortingRule.objects.get_or_create(
        code=code,
        defaults={
            "name": line,
            "outlet": _outlet(outlet),
            "advice": _line(advice, 300, "Indiquez le conseil."),
            "is_local": True,
        },
    )
    if not is_new:
        raise SortingInvalid(f"Une consigne existe déjà sous ce nom : « {rule.name} ».")
    SortingChange.objects.create(rule=rule, actor=actor, before=None, after=_content(rule))
    return rule


@transaction.atomic
def sorting_override_set(
    *, code: str, version: int, commune: Commune, outlet: str, advice: str, actor: User
) -> SortingRule:
    """Say what differs in one commune; one transaction with its history, as above.

    Raises ``PermissionMissing``, ``SortingUnknown``, ``SortingStale``, ``SortingInvalid``.
    """
    rule = _locked(code, version, actor)
    known = rule.overrides.filter(commune=commune).first()
    before = _override_content(known) if known else None
    override = known or SortingOverride(rule=rule, commune=commune)
    override.outlet = _outlet(outlet)
    override.advice = _line(advice, 300, "Indiquez le conseil.")
    override.save()
    return _saved(rule, commune, before, _override_content(override), actor)


@transaction.atomic
def sorting_override_remove(
    *, code: str, version: int, commune: Commune, actor: User
) -> SortingRule:
    """Let the general rule hold in the commune again; removing twice changes nothing.

    Raises ``PermissionMissing``, ``SortingUnknown``, ``SortingStale``.
    """
    rule = _locked(code, version, actor)
    known = rule.overrides.filter(commune=commune).first()
    if known is None:
        return rule
    before = _override_content(known)
    known.delete()
    return _saved(rule, commune, before, None, actor)


@transaction.atomic
def sorting_restore(*, change_id: int, version: int, actor: User) -> SortingRule:
    """Undo one change: what stood before it stands again, as a change of its own.

    ONE transaction, through the functions above.  Raises what they raise.
    """
    change = SortingChange.objects.select_related("commune").filter(pk=change_id).first()
    if change is None:
        raise SortingUnknown
    code = change.rule_id
    if change.commune is None:
        if change.before is None:
            raise SortingInvalid("Une consigne ajoutée ne se retire pas : corrigez-la.")
        return sorting_change(code=code, version=version, actor=actor, **change.before)
    if change.before is None:
        return sorting_override_remove(
            code=code, version=version, commune=change.commune, actor=actor
        )
    return sorting_override_set(
        code=code, version=version, commune=change.commune, actor=actor, **change.before
    )


def _locked(code: str, version: int, actor: User) -> SortingRule:
    if not actor.has_perm(CHANGE):
        raise PermissionMissing
    rule = SortingRule.objects.select_for_update().filter(pk=code).first()
    if rule is None:
        raise SortingUnknown
    if rule.version != version:
        raise SortingStale
    return rule


def _saved(
    rule: SortingRule,
    commune: Commune | None,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    actor: User,
) -> SortingRule:
    if before == after:
        return rule
    rule.version += 1
    rule.save()
    SortingChange.objects.create(
        rule=rule, commune=commune, actor=actor, before=before, after=after
    )
    return rule


def _content(rule: SortingRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "synonyms": list(rule.synonyms),
        "outlet": str(rule.outlet),
        "advice": rule.advice,
        "streams": list(rule.streams),
        "is_local": rule.is_local,
    }


def _override_content(override: SortingOverride) -> dict[str, object]:
    return {"outlet": str(override.outlet), "advice": override.advice}


def _line(text: str, longest: int, missing: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise SortingInvalid(missing)
    if len(line) > longest:
        raise SortingInvalid(f"{longest} caractères au plus.")
    return line


def _synonyms(words: Iterable[str]) -> list[str]:
    found = dict.fromkeys(" ".join(word.split()) for word in words if word.strip())
    if len(found) > _SYNONYMS_MAX or any(len(word) > _SYNONYM_CHARS_MAX for word in found):
        raise SortingInvalid(
            f"{_SYNONYMS_MAX} synonymes au plus, de {_SYNONYM_CHARS_MAX} caractères chacun."
        )
    return list(found)


def _outlet(code: str) -> str:
    if code not in Outlet.values:
        raise SortingInvalid("Choisissez où va ce déchet.")
    return code


def _streams(codes: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(codes))
    if not set(found) <= set(Stream.values):
        raise SortingInvalid("Une matière n’existe pas.")
    return found
