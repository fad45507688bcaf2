"""``docker-compose.yml`` runs what ``make run`` runs (``make check`` validates its schema)."""

import re
from typing import Any

import pytest
import yaml

from ops import startup
from ops.config import ROOT, Config
from ops.processes import SERVICES, Process

CONTAINER_ROOT = "/app"
_UNSET = re.compile(r"\$\{\w+:-(.*?)\}")  # what Compose puts there when nobody sets the variable


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The production file together with what it includes."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for included in loaded["include"]:
        part = yaml.safe_load((ROOT / included["path"]).read_text())
        for kind in ("services", "networks", "volumes"):
            assert not set(loaded[kind]) & set(part[kind]), "Compose refuses a second definition"
            loaded[kind] |= part[kind]
    return loaded


@pytest.mark.parametrize("process", SERVICES, ids=lambda process: process.name)
def test_a_service_runs_the_command_of_make_run(compose: dict[str, Any], process: Process) -> None:
    config = Config.from_environ({})
    command = process.command(config, {"BIND_HOST": "0.0.0.0", "CHAIN_ID": "13055"})  # noqa: S104
    expected = [part.replace(str(ROOT), CONTAINER_ROOT) for part in command]
    written = compose["services"][process.name]["command"]
    assert [_UNSET.sub(r"\1", part) for part in written] == expected


@pytest.mark.parametrize("process", SERVICES, ids=lambda process: process.name)
def test_a_service_gets_the_names_that_the_process_reads_and_no_other(
    compose: dict[str, Any], process: Process
) -> None:
    given = set(compose["services"][process.name]["environment"])
    quiet = {"TF_CPP_MIN_LOG_LEVEL", "SQLALCHEMY_SILENCE_UBER_WARNING"}
    assert given - {"BIND_HOST", "DATA_DIR"} == set(process.reads) - quiet


def test_what_steps_back_for_the_others_does_so_in_both(compose: dict[str, Any]) -> None:
    behind = {name for name, service in compose["services"].items() if "cpu_shares" in service}
    assert behind == {process.name for process in SERVICES if process.niceness}


def test_what_runs_once_is_what_make_run_runs_once(compose: dict[str, Any]) -> None:
    once = {
        tuple(service["command"][1:])
        for service in compose["services"].values()
        if service.get("restart") == "no"
    }
    assert once == {("-m", *step) for step in startup.ONE_OFF_COMMANDS}


def test_every_http_service_has_a_health_check(compose: dict[str, Any]) -> None:
    for process in SERVICES:
        if process.port:
            assert "/healthz" in str(compose["services"][process.name]["healthcheck"])


def test_only_the_console_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"console"}
    internal = {name for name, network in compose["networks"].items() if network.get("internal")}
    for name, service in compose["services"].items():
        if name not in ("console", "worker"):
            assert set(service["networks"]) <= internal, name
    # The worker goes out to providers, where nothing else of ours is.
    assert set(compose["services"]["worker"]["networks"]) - internal == {"outward"}
    on_it = [n for n, s in compose["services"].items() if "outward" in s["networks"]]
    assert on_it == ["worker"]
