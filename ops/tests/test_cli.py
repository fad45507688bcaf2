"""The commands that a person types, without starting anything."""

from pathlib import Path

import pytest

from ops import cli, secrets


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("DATA_DIR", str(folder))
    return folder


def test_status_and_stop_of_nothing_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status"]) == 1
    assert cli.main(["stop"]) == 0
    assert capsys.readouterr().out.count("Nothing is running") == 2


@pytest.mark.parametrize(("answer", "kept"), [("no", True), ("", True), ("yes", False)])
def test_reset_deletes_only_after_a_yes(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, answer: str, kept: bool
) -> None:
    secrets.ensure(data_dir)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    cli.main(["reset"])
    assert data_dir.exists() == kept


def test_the_environment_can_be_read_by_a_shell(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["env"]) == 1  # no secrets yet
    known = secrets.ensure(data_dir)
    assert cli.main(["env"]) == 0
    assert f"RASA_TOKEN={known['RASA_TOKEN']}" in capsys.readouterr().out


def test_an_unknown_process_is_named(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.ensure(data_dir)
    assert cli.main(["exec", "nothing"]) == 1
    assert "nothing" in capsys.readouterr().err
