"""``python -m ops``: run, start, stop, status, reset, exec, env, test."""

from __future__ import annotations

import argparse
import os
import select
import shlex
import shutil
import signal
import sys

from . import secrets, startup, supervision, waiting
from .config import Config, ConfigError
from .processes import by_name, execute, plan
from .progress import Progress

_INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
_LAUNCH_TIMEOUT_S = 20
_STOP_TIMEOUT_S = 60


def main(arguments: list[str] | None = None) -> int:
    """Parse ``arguments`` and run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything, stay in the foreground; Ctrl-C stops it")
    commands.add_parser("start", help="start everything in the background")
    commands.add_parser("engines", help="start PostgreSQL, Valkey and the chain node only")
    commands.add_parser("stop", help="stop what start or run started")
    commands.add_parser("status", help="show each process and whether it serves")
    reset = commands.add_parser("reset", help="delete local data (asks first)")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("env", help="print the environment for a person's own scripts")
    execute_one = commands.add_parser("exec", help="become one process (used by the supervisor)")
    execute_one.add_argument("name")
    test = commands.add_parser("test", help="run every test against real engines and services")
    test.add_argument("--only", choices=("platform", "bot", "system", "long"), help="one suite")
    test.add_argument("pytest", nargs="*", help="further arguments for pytest (after --)")
    options = parser.parse_args(arguments)
    try:
        if options.command in ("run", "test"):
            # Being asked to end is Ctrl-C by another name: everything that was started is stopped.
            signal.signal(signal.SIGTERM, _interrupt)
        if options.command == "test":
            from .testing import run_tests

            return run_tests(only=options.only, extra=options.pytest)
        config = Config.from_environ()
        match options.command:
            case "run":
                return run(config)
            case "start":
                return start(config)
            case "engines":
                return start_engines_only(config)
            case "stop":
                return stop(config)
            case "status":
                return status(config)
            case "reset":
                return reset_data(config, ask=not options.yes)
            case "env":
                return print_environment(config)
            case _:
                return become(config, options.name)
    except (ConfigError, startup.StepFailed, waiting.TimedOut) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        return _INTERRUPTED


def start(config: Config) -> int:
    """Start in the background; whatever was started is stopped again when a step fails."""
    environment, supervisor, progress = _launch(config, attached=False)
    try:
        startup.start_engines(config, supervisor, progress)
        accounts = startup.start_services(config, supervisor, progress, environment)
    except BaseException:
        stop(config, quiet=True)
        raise
    _announce(config, environment, accounts)
    print("Stop with: make stop")
    return 0


def start_engines_only(config: Config) -> int:
    """For work on one service: the engines in the background, and owners may make databases."""
    _, supervisor, progress = _launch(config, attached=False)
    try:
        startup.start_engines(config, supervisor, progress, may_create_databases=True)
    except BaseException:
        stop(config, quiet=True)
        raise
    print('For a shell of your own: set -a; eval "$(.venv/platform/bin/python -m ops env)"')
    return 0


def run(config: Config) -> int:
    """Start, stay until Ctrl-C (or TERM) or until supervisord ends, then stop everything."""
    environment, supervisor, progress = _launch(config, attached=True)
    try:
        startup.start_engines(config, supervisor, progress)
        accounts = startup.start_services(config, supervisor, progress, environment)
        _announce(config, environment, accounts)
        print("Ctrl-C stops everything.", flush=True)
        _ended(os.pidfd_open(supervisor.supervisord_pid()), timeout_s=None)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        stop(config, quiet=True)
    print("Stopped.")
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _launch(
    config: Config, *, attached: bool
) -> tuple[dict[str, str], supervision.Supervisor, Progress]:
    startup.require_not_running(config)
    progress = Progress(startup.TOTAL_STEPS)
    with progress.step("settings and secrets"):
        environment = startup.prepare(config)
        settings = supervision.write_settings(config, plan(config))
        supervision.launch(config, settings, attached=attached)
        supervisor = supervision.Supervisor(config)
        waiting.until(supervisor.alive, what="supervisord", timeout_s=_LAUNCH_TIMEOUT_S)
    return environment, supervisor, progress


def _announce(config: Config, environment: dict[str, str], accounts: str) -> None:
    base = f"http://localhost:{config.ports['PORT']}"
    print()
    if accounts.strip():
        print(accounts.strip())
        print()
    print(f"Citizens:   {base}/")
    print(f"Operators:  {base}/console/")
    if environment["STAFF_SECOND_FACTOR"] == "offered":
        print("            a password opens them here; STAFF_SECOND_FACTOR=required asks for more")
    print(f"Logs:       {config.log_dir}")
    print(f"Secrets:    {config.data_dir / secrets.FILE_NAME}")


def stop(config: Config, *, quiet: bool = False) -> int:
    """Stop everything and wait for the end; nothing running is fine."""
    supervisor = supervision.Supervisor(config)
    try:
        descriptor = os.pidfd_open(supervisor.supervisord_pid())
    except (supervision.NotRunning, ProcessLookupError):
        if not quiet:
            print("Nothing is running.")
        return 0
    supervisor.shutdown()
    waiting.until(
        lambda: _ended(descriptor, timeout_s=1),
        what="the end of supervisord",
        timeout_s=_STOP_TIMEOUT_S,
    )
    if not quiet:
        print("Stopped.")
    return 0


def _ended(descriptor: int, *, timeout_s: float | None) -> bool:
    """Wait for the end of the process behind a pidfd; False when it still runs."""
    return bool(select.select([descriptor], [], [], timeout_s)[0])


def status(config: Config) -> int:
    """Print a table; exit status 0 when every process runs and serves, else 1."""
    try:
        states = supervision.Supervisor(config).states()
    except supervision.NotRunning:
        print("Nothing is running. Start with: make start")
        return 1
    healthy = True
    for process in plan(config):
        record = states.get(process.name, {"statename": "ABSENT", "description": ""})
        missing: list[str] = []
        if record["statename"] == "RUNNING" and process.name in _HTTP:
            missing = waiting.missing_parts(config.url(process.port or ""))
        healthy = healthy and record["statename"] == "RUNNING" and not missing
        note = f"missing: {', '.join(missing)}" if missing else record["description"]
        print(f"{process.name:10} {record['statename']:10} {note}")
    return 0 if healthy else 1


_HTTP = ("wallet", "console", "actions", "rasa")


def reset_data(config: Config, *, ask: bool) -> int:
    """Delete the data folder after a question; refuses while the system runs."""
    if supervision.Supervisor(config).alive():
        raise ConfigError("the system is running: make stop first")
    if not config.data_dir.exists():
        print("Nothing to delete.")
        return 0
    if ask:
        try:
            answer = input(f"Delete all local data in {config.data_dir}? Type yes: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            print("Nothing was deleted.")
            return 1
    shutil.rmtree(config.data_dir)
    print("Deleted.")
    return 0


def print_environment(config: Config) -> int:
    """``NAME=value`` lines, quoted for a shell: ``set -a; eval "$(python -m ops env)"``."""
    if not secrets.load(config.data_dir):
        raise ConfigError("no secrets yet: run make run or make start once")
    # A secret that came with a newer version is made now, as the next start would do.
    known = secrets.ensure(config.data_dir)
    for name, value in sorted(config.environment(known).items()):
        print(f"{name}={shlex.quote(value)}")
    return 0


def become(config: Config, name: str) -> int:
    """Replace this program by the process called ``name``."""
    try:
        process = by_name(config, name)
    except KeyError:
        raise ConfigError(f"no process is called {name!r}") from None
    # A supervisord that is killed takes its processes with it instead of leaving them behind.
    supervision.end_with_parent(process.stop_signal)
    execute(config, process, config.environment(secrets.load(config.data_dir)))
    raise AssertionError("execvpe returned")
