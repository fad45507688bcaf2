"""Rules keep their history; seeding repeats safely and never overrides a person."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from wallet_service.ledger.errors import IdempotencyConflict
from wallet_service.ledger.idempotency import Answer
from wallet_service.rewards.errors import (
    CampaignUnknown,
    RuleStartInPast,
    RuleTermsContradict,
    RuleUnknown,
)
from wallet_service.rewards.models import RewardRule
from wallet_service.rewards.rulemaking import rule_add
from wallet_service.rewards.seeding import rules_seed, seed_file_read
from wallet_service.rewards.selectors import rule_current, rule_versions, rules_current
from wallet_service.rewards.terms import RuleTerms

CODE = "report.pothole"
TEN = RuleTerms(points=10)
AUTHOR = uuid.UUID(int=7)


def test_the_seed_file_pays_the_same_for_danger_and_nothing_for_a_bin_request() -> None:
    rules = seed_file_read()
    assert rules["report.bin_request"] == rules["report.other"] == RuleTerms(points=0)
    assert rules["report.manhole_cover"] == rules["report.graffiti"]
    assert rules["report.graffiti"] == RuleTerms(
        points=10,
        cap_day_points=50,
        cap_month_points=200,
        auto_post_after_days=7,
        checked_percent=10,
    )
    assert rules["glass.deposit"] == RuleTerms(
        points=1, cap_day_points=100, cap_month_points=500, auto_post_after_days=0
    )
    assert rules["consultation.vote"] == RuleTerms(
        points=5, cap_month_points=20, auto_post_after_days=0
    )
    # No time of its own: a support is paid when the report is confirmed.
    assert rules["report.support"] == RuleTerms(points=2, cap_day_points=10, cap_month_points=40)
    assert len(rules) == 25


def test_the_command_seeds_once(db: None) -> None:
    first, second = StringIO(), StringIO()
    call_command("seed_rules", stdout=first)
    call_command("seed_rules", stdout=second)
    assert "23 added, 0 changed" in first.getvalue()
    assert "0 added, 0 changed, 23 kept" in second.getvalue()
    assert RewardRule.objects.count() == 23
    with pytest.raises(RuleUnknown):
        rule_current(code="report.bin_request")


def test_changed_terms_append_a_version(db: None) -> None:
    rules_seed(rules={CODE: TEN})
    outcome = rules_seed(rules={CODE: replace(TEN, cap_day_points=50)})
    assert outcome.changed == [CODE]
    assert rule_current(code=CODE).terms.cap_day_points == 50
    assert [rule.cap_day_points for rule in rule_versions(code=CODE)] == [50, None]


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


def _add(*, key: str = "add", valid_from: datetime | None = None, **terms: Any) -> Answer:
    campaign = terms.pop("campaign", None)
    return rule_add(
        client="console",
        key=key,
        code=CODE,
        terms=RuleTerms(**({"points": 25} | terms)),
        valid_from=valid_from,
        campaign_code=campaign,
        author=AUTHOR,
    )


def test_seeding_leaves_a_supervisors_terms_alone(db: None) -> None:
    rules_seed(rules={CODE: TEN})
    answer = _add()
    assert (answer.status, answer.body["source"], answer.body["author"]) == (
        201,
        "supervisor",
        str(AUTHOR),
    )
    assert rules_seed(rules={CODE: TEN}).kept == [CODE]
    assert rule_current(code=CODE).points == 25


def test_a_version_with_a_later_start_is_not_in_force_yet(db: None) -> None:
    rules_seed(rules={CODE: TEN})
    start = timezone.now().replace(microsecond=0) + timedelta(days=1)
    _add(valid_from=start)
    assert rule_current(code=CODE).points == 10
    assert rule_current(code=CODE, at=start).points == 25
    assert [rule.points for rule in rules_current()] == [10]
    assert [rule.points for rule in rules_current(at=start)] == [25]


def test_a_version_still_to_come_is_put_right_by_another_with_the_same_start(db: None) -> None:
    rules_seed(rules={CODE: TEN})
    start = timezone.now().replace(microsecond=0) + timedelta(days=1)
    _add(key="wrong", valid_from=start, points=250)
    _add(key="right", valid_from=start, points=25)
    assert rule_current(code=CODE, at=start).points == 25
    assert [rule.points for rule in rule_versions(code=CODE)] == [25, 250, 10]


def test_a_rule_that_only_begins_later_is_listed_with_its_start(db: None) -> None:
    start = timezone.now().replace(microsecond=0) + timedelta(days=1)
    _add(valid_from=start)
    assert [rule.valid_from for rule in rules_current()] == [start]
    with pytest.raises(RuleUnknown):
        rule_current(code=CODE)


def test_the_past_cannot_be_changed(db: None) -> None:
    rules_seed(rules={CODE: TEN})
    with pytest.raises(RuleStartInPast):
        _add(valid_from=timezone.now() - timedelta(seconds=1))
    version = rule_current(code=CODE)
    version.pk, version.valid_from = None, timezone.now() - timedelta(days=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        version.save(force_insert=True)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RewardRule.objects.update(points=11)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RewardRule.objects.all()._raw_delete(using="default")
    assert RewardRule.objects.count() == 1


@pytest.mark.parametrize("cap", ["cap_day_points", "cap_month_points"])
def test_a_rule_that_would_never_pay_is_refused(db: None, cap: str) -> None:
    too_low: dict[str, Any] = {cap: 24}
    with pytest.raises(RuleTermsContradict) as refused:
        _add(**too_low)
    assert refused.value.fields == {cap: "below_points"}
    _add(**(too_low | {cap: 25}))


def test_the_same_version_again_is_answered_again(db: None) -> None:
    first = _add()
    again = _add()
    assert again.replayed
    assert again.body == first.body
    with pytest.raises(IdempotencyConflict):
        _add(points=26)
    assert RewardRule.objects.count() == 1


def test_a_rule_needs_a_campaign_that_exists(db: None) -> None:
    with pytest.raises(CampaignUnknown):
        _add(campaign="none")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "rules: [1]",
        "rules: {a.b: true}",
        "rules: {a.b: -1}",
        "rules: {a.b: 1.5}",
        "x: 1",
        "rules: {a.b: {cap_day_points: 5}}",
        "rules: {a.b: {points: 5, bonus: 1}}",
        "rules: {a.b: {points: 5, checked_percent: 101}}",
        "rules: {a.b: {points: 5, cap_day_points: 4}}",
        "rules: {a.b: [5]}",
    ],
)
def test_a_malformed_seed_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"rules\.yaml"):
        seed_file_read(path)
