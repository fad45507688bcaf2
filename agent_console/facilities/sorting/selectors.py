"""Answering "où jeter…": a rule, alternatives, or an honest "je ne sais pas"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent_console.places.models import Commune

from ..models import SortingOverride, SortingRule
from ..vocabulary import Outlet
from .matching import index_of

# Found on the sentences of tests/test_sorting_matching.py, which state what they must separate.
SURE_FROM = 0.74
EXACT_FROM = 0.99
SURE_LEAD = 0.1  # how far ahead of the second
GUESS_FROM = 0.55
ALTERNATIVES_MAX = 4
QUERY_CHARS_MAX = 120


class Certainty(StrEnum):
    SURE = "sure"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class LocalRule:
    """A rule as it holds in a commune.

    ``is_confirmed`` is false where the rule is a national default that the commune has not
    confirmed though it may differ.
    """

    code: str
    name: str
    outlet: Outlet
    advice: str
    streams: tuple[str, ...]
    is_confirmed: bool
    is_override: bool

    @property
    def outlet_label(self) -> str:
        return str(self.outlet.label)


@dataclass(frozen=True)
class SortingAnswer:
    """``rule`` when sure; ``alternatives`` best first when not; neither when unknown."""

    certainty: Certainty
    rule: LocalRule | None
    alternatives: tuple[LocalRule, ...]


def sorting_answer(*, query: str, commune: Commune | None = None) -> SortingAnswer:
    """What to do with ``query``, the way somebody says it (``QUERY_CHARS_MAX`` at most)."""
    rules = {rule.code: rule for rule in SortingRule.objects.all()}
    index = index_of(
        tuple((code, (rule.name, *rule.synonyms)) for code, rule in sorted(rules.items()))
    )
    ranked = [
        match
        for match in index.matches(query[:QUERY_CHARS_MAX])[: ALTERNATIVES_MAX + 1]
        if match.score >= GUESS_FROM
    ]
    local = rules_local([rules[match.code] for match in ranked], commune=commune)
    if not ranked:
        return SortingAnswer(Certainty.UNKNOWN, None, ())
    best = ranked[0].score
    second = ranked[1].score if len(ranked) > 1 else 0.0
    is_only_exact = best >= EXACT_FROM > second
    if is_only_exact or (best >= SURE_FROM and best - second >= SURE_LEAD):
        return SortingAnswer(Certainty.SURE, local[0], tuple(local[1:ALTERNATIVES_MAX]))
    return SortingAnswer(Certainty.UNSURE, None, tuple(local[:ALTERNATIVES_MAX]))


def rules_local(rules: list[SortingRule], *, commune: Commune | None) -> list[LocalRule]:
    """``rules`` as they hold in ``commune``; an arrondissement's own comes before its commune's."""
    overrides: dict[str, SortingOverride] = {}
    if commune is not None:
        places = [commune.pk] if commune.parent_id is None else [commune.parent_id, commune.pk]
        found = SortingOverride.objects.filter(rule__in=rules, commune__in=places)
        for override in sorted(found, key=lambda row: places.index(row.commune_id)):
            overrides[override.rule_id] = override
    return [_local(rule, overrides.get(rule.code)) for rule in rules]


def _local(rule: SortingRule, override: SortingOverride | None) -> LocalRule:
    stands = override or rule
    return LocalRule(
        code=rule.code,
        name=rule.name,
        outlet=Outlet(stands.outlet),
        advice=stands.advice,
        streams=tuple(rule.streams),
        is_confirmed=override is not None or not rule.is_local,
        is_override=override is not None,
    )
