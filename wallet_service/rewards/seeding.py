"""Rules from the project's seed file into the database, without losing history or decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY

from .domain import RuleSource
from .models import RewardRule
from .rulemaking import database_now, rule_version
from .terms import MAX_AUTO_POST_DAYS, MAX_COOLING_OFF_S, RuleTerms

SEED_FILE = Path(__file__).parent / "seeds" / "rules.yaml"

# Largest value of each number of the file; all are whole and none is negative.
_AT_MOST = {
    "points": MAX_POINTS_PER_ENTRY,
    "cap_day_points": MAX_POINTS_PER_ENTRY,
    "cap_month_points": MAX_POINTS_PER_ENTRY,
    "cooling_off_s": MAX_COOLING_OFF_S,
    "auto_post_after_days": MAX_AUTO_POST_DAYS,
    "checked_percent": 100,
}


@dataclass(frozen=True, slots=True)
class SeedOutcome:
    """Codes by what happened to them; those a supervisor has changed are left alone."""

    added: list[str]
    changed: list[str]
    kept: list[str]


def seed_file_read(path: Path = SEED_FILE) -> dict[str, RuleTerms]:
    """Rule code → terms (0 points: earns nothing).  Raises ``ValueError`` on a malformed file."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, dict):
        raise ValueError(f"{path.name}: a mapping 'rules' is expected")  # noqa: TRY004 - its content
    return {code: _terms(path.name, code, given) for code, given in rules.items()}


def rules_seed(*, rules: Mapping[str, RuleTerms | int]) -> SeedOutcome:
    """Append a version for each rule that is new or whose terms differ; running again adds none.

    A number alone stands for so many points and no limits.  A rule that a supervisor has changed
    keeps the supervisor's terms.  One transaction under a lock, so two processes that start
    together do not both append.
    """
    outcome = SeedOutcome(added=[], changed=[], kept=[])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rewards.rules_seed'))")
        latest = {
            rule.code: rule
            for rule in RewardRule.objects.order_by("code", "-valid_from", "-id").distinct("code")
        }
        now = database_now()
        new_versions = []
        for code, given in rules.items():
            terms = RuleTerms(points=given) if isinstance(given, int) else given
            known = latest.get(code)
            if known is None and terms.points == 0:
                continue  # earns nothing and never did: no rule
            unchanged = known is not None and (
                known.terms == terms or known.source != RuleSource.SEED
            )
            if unchanged:
                outcome.kept.append(code)
                continue
            (outcome.added if known is None else outcome.changed).append(code)
            new_versions.append(
                rule_version(code=code, terms=terms, valid_from=now, created_at=now)
            )
        RewardRule.objects.bulk_create(new_versions)
    return outcome


def _terms(file_name: str, code: Any, given: Any) -> RuleTerms:
    if isinstance(given, int):
        given = {"points": given}
    whole = isinstance(given, dict) and all(
        isinstance(value, int)
        and not isinstance(value, bool)
        and 0 <= value <= _AT_MOST.get(name, -1)
        for name, value in given.items()
    )
    if not isinstance(code, str) or not whole or "points" not in given:
        raise ValueError(f"{file_name}: rule {code!r} has a number that is unknown or out of range")
    terms = RuleTerms(**given)
    if terms.contradiction:
        raise ValueError(f"{file_name}: rule {code!r} has a cap below its points")
    return terms
