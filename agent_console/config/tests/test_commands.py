"""Commands that an administrator types."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from agent_console.config import roles
from agent_console.config.management.commands import export_roles
from agent_console.reports.models import Category

PASSWORD = "cheval agrafe pile 42"


@pytest.fixture(autouse=True)
def demo_passwords(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("OPERATOR", "SUPERVISOR", "PARTNER"):
        monkeypatch.setenv(f"DEMO_{role}_PASSWORD", f"mot-de-passe-{role}")
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)


def _seed() -> str:
    out = StringIO()
    call_command("seed_metropolis", stdout=out)
    return out.getvalue()


def test_seeding_shows_each_account_once_and_gives_it_its_rights() -> None:
    first = _seed()
    assert "operateur" in first
    assert "mot-de-passe-OPERATOR" in first
    assert _seed() == ""
    operator = User.objects.get(username="operateur")
    assert operator.check_password("mot-de-passe-OPERATOR")
    assert operator.has_perm("reports.validate_report")
    assert not User.objects.get(username="partenaire").has_perm("reports.view_report")


def test_seeding_again_overrules_nobody() -> None:
    _seed()
    Category.objects.filter(pk="pothole").update(target_hours=12)
    Group.objects.get(name="Opérateurs").permissions.clear()
    _seed()
    assert Category.objects.get(pk="pothole").target_hours == 12
    assert not User.objects.get(username="operateur").has_perm("reports.validate_report")


def test_the_documented_roles_are_those_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("export_roles", "--check")
    copy = tmp_path / "staff-access.md"
    written = export_roles.PATH.read_text(encoding="utf-8")
    copy.write_text(written, encoding="utf-8")
    monkeypatch.setattr(export_roles.Command, "path", copy)
    monkeypatch.setitem(roles.ROLES, "Partenaires", ("reports.view_report",))
    with pytest.raises(CommandError, match="run export_roles"):
        call_command("export_roles", "--check")
    call_command("export_roles")
    call_command("export_roles", "--check")
    row = next(line for line in copy.read_text().splitlines() if "`reports.view_report`" in line)
    assert row.split("|")[3:-1] == [" ✓ ", " ✓ ", " ✓ ", "  ", " ✓ "]
    monkeypatch.undo()
    assert export_roles.PATH.read_text(encoding="utf-8") == written


def test_an_account_is_made_in_its_group() -> None:
    _seed()
    call_command("staff_create", "alice", "--group", "Superviseurs", stdout=StringIO())
    alice = User.objects.get(username="alice")
    assert alice.check_password(PASSWORD)
    assert [group.name for group in alice.groups.all()] == ["Superviseurs"]


@pytest.mark.parametrize(
    ("username", "group", "password", "message"),
    [
        ("bob", "Personne", PASSWORD, "Opérateurs"),
        ("operateur", "Opérateurs", PASSWORD, "taken"),
        ("bob", "Opérateurs", "court", "12"),
    ],
)
def test_a_bad_account_is_refused(
    monkeypatch: pytest.MonkeyPatch, username: str, group: str, password: str, message: str
) -> None:
    _seed()
    monkeypatch.setattr("getpass.getpass", lambda prompt: password)
    with pytest.raises(CommandError, match=message):
        call_command("staff_create", username, "--group", group)
    assert not User.objects.filter(username="bob").exists()
