"""What groups are given with a version, and what administrators decided since."""

import pytest
from django.contrib.auth.models import Group, Permission

from agent_console.staff.services import role_grant

pytestmark = pytest.mark.django_db

VIEW = "auth.view_user"
CHANGE = "auth.change_user"


def _has(name: str) -> set[str]:
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_a_new_group_gets_all_and_the_same_again_gives_nothing() -> None:
    assert role_grant(name="Essai", codes=(VIEW,)) == 1
    assert role_grant(name="Essai", codes=(VIEW,)) == 0
    assert _has("Essai") == {"view_user"}


def test_what_a_newer_version_brings_reaches_a_group_that_is_there() -> None:
    role_grant(name="Essai", codes=(VIEW,))
    assert role_grant(name="Essai", codes=(VIEW, CHANGE)) == 1
    assert _has("Essai") == {"view_user", "change_user"}


def test_what_an_administrator_took_away_stays_away() -> None:
    role_grant(name="Essai", codes=(VIEW, CHANGE))
    group = Group.objects.get(name="Essai")
    group.permissions.remove(Permission.objects.get(codename="change_user"))
    role_grant(name="Essai", codes=(VIEW, CHANGE))
    assert _has("Essai") == {"view_user"}


def test_a_code_of_nobody_changes_nothing() -> None:
    with pytest.raises(Permission.DoesNotExist):
        role_grant(name="Essai", codes=(VIEW, "auth.fly"))
    assert not Group.objects.filter(name="Essai").exists()
