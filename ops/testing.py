"""``make test``: every suite against real engines, in a data folder and on ports of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence

from . import startup, supervision, waiting
from .cli import stop
from .config import BOT_PYTHON, HOST, PLATFORM_PYTHON, PORTS, ROOT, Config
from .processes import plan
from .progress import Progress

DATA_DIR = ROOT / "build" / "test"

# pytest-django would put each project's folder on the import path.
_DJANGO = ("-o", "django_find_project=false")
# suite -> arguments; each Django project has its own settings, so its own run
_PLATFORM_SUITES: Mapping[str, tuple[str, ...]] = {
    "operations and chain": ("ops", "chain"),
    "wallet": ("wallet_service", "--ds=wallet_service.config.settings", *_DJANGO),
    "service kit, console and channels": (
        "service_kit",
        "agent_console",
        "channels_config",
        "--ds=agent_console.config.settings",
        *_DJANGO,
    ),
}


def run_tests(*, only: str | None, extra: Sequence[str]) -> int:
    """Run the suites one after the other; returns 1 when any failed. Nothing is left running.

    ``only``: ``platform`` (unit tests of the platform environment), ``bot`` (unit tests of the
    dialogue engine), ``system`` (journeys and faults against the whole running system).
    """
    started = time.monotonic()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    given = {name: value for name, value in os.environ.items() if name not in _ENGINE_URLS}
    config = Config.from_environ(given | _free_ports() | {"DATA_DIR": str(DATA_DIR)})
    failed: list[str] = []
    environment = startup.prepare(config)
    settings = supervision.write_settings(config, plan(config))
    supervision.launch(config, settings, attached=True)
    supervisor = supervision.Supervisor(config)
    try:
        waiting.until(supervisor.alive, what="supervisord", timeout_s=20)
        progress = Progress(startup.TOTAL_STEPS)
        startup.start_engines(config, supervisor, progress, may_create_databases=True)
        if only in (None, "platform"):
            # Test databases are made and dropped by the owner roles.
            child = {**given, **environment, "MDMP_DB_ROLE": "owner"}
            for name, arguments in _PLATFORM_SUITES.items():
                if not _pytest(str(PLATFORM_PYTHON), arguments, extra, child, name):
                    failed.append(name)
        if only in (None, "bot"):
            child = {**given, **environment}
            # What Rasa pins uses what its successors deprecate: nothing to be done about it here.
            arguments = ("bot", "actions", "-W", "ignore::DeprecationWarning")
            if not _pytest(str(BOT_PYTHON), arguments, extra, child, "bot and actions"):
                failed.append("bot and actions")
        if only in (None, "system"):
            startup.start_services(config, supervisor, progress, environment)
            child = {**given, **environment}
            if not _pytest(str(PLATFORM_PYTHON), ("tests",), extra, child, "whole system"):
                failed.append("whole system")
    finally:
        stop(config, quiet=True)
    print(f"\nAll suites took {time.monotonic() - started:.0f} s; logs: {config.log_dir}")
    if failed:
        print("FAILED: " + ", ".join(failed))
    return 1 if failed else 0


_ENGINE_URLS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "WALLET_DATABASE_URL",
    "WALLET_DATABASE_OWNER_URL",
    "RASA_DATABASE_URL",
    "VALKEY_URL",
    "CHAIN_RPC_URL",
)


def _pytest(
    python: str,
    arguments: Sequence[str],
    extra: Sequence[str],
    environment: Mapping[str, str],
    name: str,
) -> bool:
    print(f"\n--- {name}", flush=True)
    command = [python, "-m", "pytest", *arguments, *extra]
    return subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode == 0


def _free_ports() -> dict[str, str]:
    """A free loopback port for every setting; all are held until all are known."""
    sockets = {name: socket.socket() for name in PORTS}
    try:
        for held in sockets.values():
            held.bind((HOST, 0))
        return {name: str(held.getsockname()[1]) for name, held in sockets.items()}
    finally:
        for held in sockets.values():
            held.close()
