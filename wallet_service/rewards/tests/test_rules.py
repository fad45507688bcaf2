"""Rules keep their history; seeding repeats safely and never overrides a person."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from wallet_service.rewards.domain import RuleSource
from wallet_service.rewards.errors import RuleUnknown
from wallet_service.rewards.models import RewardRule
from wallet_service.rewards.seeding import rules_seed, seed_file_read
from wallet_service.rewards.selectors import rule_current

CODE = "report.pothole"


def test_the_seed_file_pays_the_same_for_danger_and_nothing_for_a_bin_request() -> None:
    rules = seed_file_read()
    assert rules["report.bin_request"] == rules["report.other"] == 0
    assert rules["report.manhole_cover"] == rules["report.graffiti"] == 10
    assert len(rules) == 22


def test_the_command_seeds_once(db: None) -> None:
    first, second = StringIO(), StringIO()
    call_command("seed_rules", stdout=first)
    call_command("seed_rules", stdout=second)
    assert "20 added, 0 changed" in first.getvalue()
    assert "0 added, 0 changed, 20 kept" in second.getvalue()
    assert RewardRule.objects.count() == 20
    with pytest.raises(RuleUnknown):
        rule_current(code="report.bin_request")


def test_changed_points_append_a_version_and_keep_the_old_one(db: None) -> None:
    rules_seed(rules={CODE: 10})
    between = timezone.now()
    outcome = rules_seed(rules={CODE: 12})
    assert outcome.changed == [CODE]
    assert rule_current(code=CODE).points == 12
    assert rule_current(code=CODE, at=between).points == 10


def test_zero_points_end_a_rule(db: None) -> None:
    rules_seed(rules={CODE: 10})
    rules_seed(rules={CODE: 0})
    with pytest.raises(RuleUnknown):
        rule_current(code=CODE)


def test_seeding_leaves_a_supervisors_points_alone(db: None) -> None:
    rules_seed(rules={CODE: 10})
    RewardRule.objects.create(
        code=CODE, points=25, valid_from=timezone.now(), source=RuleSource.SUPERVISOR
    )
    assert rules_seed(rules={CODE: 10}).kept == [CODE]
    assert rule_current(code=CODE).points == 25


def test_a_version_with_a_later_start_is_not_in_force_yet(db: None) -> None:
    rules_seed(rules={CODE: 10})
    start = timezone.now() + timedelta(days=1)
    RewardRule.objects.create(code=CODE, points=25, valid_from=start, source=RuleSource.SUPERVISOR)
    assert rule_current(code=CODE).points == 10
    assert rule_current(code=CODE, at=start).points == 25


@pytest.mark.parametrize(
    "text",
    ["[]", "rules: [1]", "rules: {a.b: true}", "rules: {a.b: -1}", "rules: {a.b: 1.5}", "x: 1"],
)
def test_a_malformed_seed_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"rules\.yaml"):
        seed_file_read(path)
