"""Rules from the project's seed file into the database, without losing history or decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.db import connection, transaction
from django.utils import timezone

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY

from .domain import RuleSource
from .models import RewardRule

SEED_FILE = Path(__file__).parent / "seeds" / "rules.yaml"


@dataclass(frozen=True, slots=True)
class SeedOutcome:
    """Codes by what happened to them; those a supervisor has changed are left alone."""

    added: list[str]
    changed: list[str]
    kept: list[str]


def seed_file_read(path: Path = SEED_FILE) -> dict[str, int]:
    """Rule code → points (0 = earns nothing).  Raises ``ValueError`` on a malformed file."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, dict):
        raise ValueError(f"{path.name}: a mapping 'rules' is expected")  # noqa: TRY004 - its content
    for code, points in rules.items():
        whole = isinstance(points, int) and not isinstance(points, bool)
        if not isinstance(code, str) or not whole or not 0 <= points <= MAX_POINTS_PER_ENTRY:
            raise ValueError(f"{path.name}: rule {code!r} has no points between 0 and the maximum")
    return rules


def rules_seed(*, rules: Mapping[str, int]) -> SeedOutcome:
    """Append a version for each rule that is new or whose points differ; running again adds none.

    A rule that a supervisor has changed keeps the supervisor's points.  One transaction under a
    lock, so two processes that start together do not both append.
    """
    outcome = SeedOutcome(added=[], changed=[], kept=[])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rewards.rules_seed'))")
        latest = {
            rule.code: rule
            for rule in RewardRule.objects.order_by("code", "-valid_from").distinct("code")
        }
        now = timezone.now()
        new_versions = []
        for code, points in rules.items():
            known = latest.get(code)
            if known is None and points == 0:
                continue  # earns nothing and never did: no rule
            unchanged = known is not None and (
                known.points == points or known.source != RuleSource.SEED
            )
            if unchanged:
                outcome.kept.append(code)
                continue
            (outcome.added if known is None else outcome.changed).append(code)
            new_versions.append(
                RewardRule(code=code, points=points, valid_from=now, source=RuleSource.SEED)
            )
        RewardRule.objects.bulk_create(new_versions)
    return outcome
