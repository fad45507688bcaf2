"""Changing rules: who may, what is kept, who comes second, undoing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from agent_console.facilities.errors import (
    PermissionMissing,
    SortingInvalid,
    SortingStale,
    SortingUnknown,
)
from agent_console.facilities.models import SortingChange, SortingRule
from agent_console.facilities.sorting.selectors import rules_local, sorting_answer
from agent_console.facilities.sorting.services import (
    sorting_add,
    sorting_change,
    sorting_load,
    sorting_override_remove,
    sorting_override_set,
    sorting_restore,
)
from agent_console.places.models import Commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(metropolis: None) -> SortingRule:
    sorting_load()
    return SortingRule.objects.get(pk="gravats")


def changed(rule: SortingRule, actor: User, **other: object) -> SortingRule:
    values: dict[str, object] = {
        "code": rule.code,
        "version": rule.version,
        "name": rule.name,
        "synonyms": rule.synonyms,
        "outlet": rule.outlet,
        "advice": rule.advice,
        "streams": rule.streams,
        "is_local": rule.is_local,
        **other,
    }
    return sorting_change(actor=actor, **values)  # type: ignore[arg-type]


def test_a_change_is_kept_with_its_history_and_outlives_the_next_load(
    rule: SortingRule, supervisor: User
) -> None:
    now = changed(rule, supervisor, advice="Badge demandé.", synonyms=["déblais  de chantier", ""])
    assert (now.version, now.synonyms) == (2, ["déblais de chantier"])
    kept = SortingChange.objects.get()
    assert kept.before is not None
    assert kept.after is not None
    assert (kept.actor, kept.after["advice"]) == (supervisor, "Badge demandé.")
    assert kept.before["advice"] == rule.advice
    sorting_load()
    assert SortingRule.objects.get(pk="gravats").advice == "Badge demandé."
    found = sorting_answer(query="deblai de chantier").rule
    assert found is not None
    assert found.code == "gravats"


def test_saving_what_stands_there_is_no_change(rule: SortingRule, supervisor: User) -> None:
    assert changed(rule, supervisor).version == 1
    assert not SortingChange.objects.exists()


def test_who_comes_second_is_told(rule: SortingRule, supervisor: User) -> None:
    changed(rule, supervisor, advice="Premier.")
    with pytest.raises(SortingStale):
        changed(rule, supervisor, advice="Second.")
    assert SortingRule.objects.get(pk="gravats").advice == "Premier."


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"advice": ""},
        {"advice": "x" * 301},
        {"outlet": "moon"},
        {"streams": ["uranium"]},
        {"synonyms": ["x" * 81]},
        {"synonyms": [f"mot {number}" for number in range(61)]},
    ],
)
def test_a_rule_that_is_none_is_refused(
    rule: SortingRule, supervisor: User, wrong: dict[str, object]
) -> None:
    with pytest.raises(SortingInvalid):
        changed(rule, supervisor, **wrong)
    assert not SortingChange.objects.exists()


def test_nobody_else_changes_rules(rule: SortingRule, make_user: Callable[..., User]) -> None:
    other = make_user("camille")
    commune = Commune.objects.get(pk="13001")
    attempts: list[Callable[[], SortingRule]] = [
        lambda: changed(rule, other),
        lambda: sorting_add(name="Drone", outlet="shop", advice="Rapportez-le.", actor=other),
        lambda: sorting_override_set(
            code="gravats", version=1, commune=commune, outlet="special", advice="x", actor=other
        ),
        lambda: sorting_override_remove(code="gravats", version=1, commune=commune, actor=other),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionMissing):
            attempt()
    assert not SortingChange.objects.exists()


def test_an_override_holds_in_its_commune_until_it_is_undone(
    rule: SortingRule, supervisor: User
) -> None:
    marseille = Commune.objects.get(pk="13055")
    sixth = Commune.objects.get(pk="13206")
    aix = Commune.objects.get(pk="13001")
    sorting_override_set(
        code="gravats", version=1, commune=marseille, outlet="special", advice="Marseille.",
        actor=supervisor,
    )  # fmt: skip

    def advice(commune: Commune) -> str:
        return rules_local([rule], commune=commune)[0].advice

    assert advice(marseille) == advice(sixth) == "Marseille."
    assert advice(aix) == rule.advice
    sorting_override_set(
        code="gravats", version=2, commune=sixth, outlet="special", advice="Sixième.",
        actor=supervisor,
    )  # fmt: skip
    assert (advice(marseille), advice(sixth)) == ("Marseille.", "Sixième.")
    first = SortingChange.objects.order_by("id")[0]
    sorting_restore(change_id=first.pk, version=3, actor=supervisor)
    assert advice(marseille) == rule.advice
    undo = SortingChange.objects.order_by("-id")[0]
    sorting_restore(change_id=undo.pk, version=4, actor=supervisor)
    assert advice(marseille) == "Marseille."


def test_a_change_is_undone_as_a_change(rule: SortingRule, supervisor: User) -> None:
    changed(rule, supervisor, advice="Autre.")
    back = sorting_restore(change_id=SortingChange.objects.get().pk, version=2, actor=supervisor)
    assert (back.advice, back.version) == (rule.advice, 3)
    assert SortingChange.objects.count() == 2
    with pytest.raises(SortingUnknown):
        sorting_restore(change_id=0, version=3, actor=supervisor)


def test_a_new_rule_is_found_at_once(rule: SortingRule, supervisor: User) -> None:
    added = sorting_add(name="Drone", outlet="shop", advice="Sans sa batterie.", actor=supervisor)
    assert (added.code, added.is_local) == ("drone", True)
    found = sorting_answer(query="mon vieux drône").rule
    assert found is not None
    assert found.code == "drone"
    with pytest.raises(SortingInvalid):
        sorting_add(name="drone", outlet="shop", advice="Encore.", actor=supervisor)
    with pytest.raises(SortingInvalid):
        sorting_add(name="!!!", outlet="shop", advice="Encore.", actor=supervisor)
    with pytest.raises(SortingInvalid):
        sorting_restore(change_id=SortingChange.objects.get().pk, version=1, actor=supervisor)


def test_the_history_cannot_be_rewritten(rule: SortingRule, supervisor: User) -> None:
    changed(rule, supervisor, advice="Autre.")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SortingChange.objects.update(after=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SortingChange.objects.all().delete()
