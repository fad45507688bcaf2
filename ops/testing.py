"""``make test``: every suite against real engines, in a data folder and on ports of its own.

The unit tests run in two lanes at once, each its suites one after the other: the console's, whose
output is shown as it comes, and the others', shown when they are done.  They share the engines and
no database, neither of PostgreSQL nor of Valkey.  Both wait often, and in the time that they leave
the assistant's model is trained.  What needs the whole system comes last and alone: its faults kill
the engines that every other suite would need.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from service_kit.ports import free_ports

from . import startup, supervision, waiting
from .cli import stop
from .config import BOT_PYTHON, HOST, PLATFORM_PYTHON, PORTS, ROOT, Config
from .failures import told
from .processes import CHANNELS, plan
from .progress import Progress

DATA_DIR = ROOT / "build" / "test"

# pytest-django would put each project's folder on the import path.
_DJANGO = ("-o", "django_find_project=false")


@dataclass(frozen=True)
class Suite:
    """One run of pytest; ``owner``: test databases are made and dropped by the owner roles.

    ``channels``: with the channels of the running system switched on; unit tests switch on theirs.
    ``beside``: runs at the same time as another suite of the same settings.
    ``model``: asks the assistant's model.
    """

    name: str
    arguments: tuple[str, ...]
    python: Path = PLATFORM_PYTHON
    owner: bool = True
    channels: bool = False
    beside: bool = False
    model: bool = False


# Of the console, but in the other lane: both take about as long.
_BEHIND = tuple(
    f"agent_console/{name}" for name in ("identity", "partner_admin", "partners", "rights")
)
# Each Django project has its own settings, so its own run.
_CONSOLE = Suite(
    "console",
    (
        "agent_console",
        *(f"--ignore={folder}" for folder in _BEHIND),
        "--ds=agent_console.config.settings",
        *_DJANGO,
    ),
)
_OTHERS = (
    Suite(
        "service kit, channels, residents, partners",
        (
            "service_kit",
            "channels_config",
            *_BEHIND,
            "--ds=agent_console.config.settings",
            *_DJANGO,
        ),
        beside=True,
    ),
    Suite("operations and chain", ("ops", "chain")),
    Suite("wallet", ("wallet_service", "--ds=wallet_service.config.settings", *_DJANGO)),
)
_BOT = Suite(
    "bot and actions",
    # What Rasa pins uses what its successors deprecate: nothing to be done about it here.
    ("bot", "actions", "-W", "ignore::DeprecationWarning", "--timeout", "900"),
    python=BOT_PYTHON,
    owner=False,
    model=True,
)
_SYSTEM = Suite("whole system", ("tests",), owner=False, channels=True)
_LONG = ("-m", "long")
# what is asked for -> the lane that is shown, the lane behind it
_LANES: Mapping[str | None, tuple[tuple[Suite, ...], tuple[Suite, ...]]] = {
    None: ((_CONSOLE,), (*_OTHERS, _BOT)),
    "platform": ((_CONSOLE,), _OTHERS),
    "bot": ((_BOT,), ()),
    "system": ((), ()),
    "long": ((replace(_BOT, arguments=(*_BOT.arguments, *_LONG)),), ()),
}
# what is asked for -> the suite of the whole system
_SYSTEMS: Mapping[str | None, Suite] = {
    None: _SYSTEM,
    "system": _SYSTEM,
    "long": replace(_SYSTEM, arguments=(*_SYSTEM.arguments, *_LONG)),
}


def run_tests(*, only: str | None, extra: Sequence[str]) -> int:
    """Run the suites; returns 1 when any failed.  Nothing is left running.

    ``only``: ``platform`` (unit tests of the platform environment), ``bot`` (unit tests of the
    dialogue engine), ``system`` (journeys and faults against the whole running system), ``long``
    (what takes minutes and is not asked of every change: the assistant trained again, and every
    measurement on a little of everything).
    """
    started = time.monotonic()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    given = {name: value for name, value in os.environ.items() if name not in _ENGINE_URLS}
    names = (*PORTS, *_PROVIDERS)
    ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
    given |= _providers({name: ports.pop(name) for name in _PROVIDERS})
    # Processes get killed in tests, the machine does not: its disk need not keep up.
    fast = {"DATA_DIR": str(DATA_DIR), "POSTGRES_FSYNC": "off"}
    config = Config.from_environ(given | ports | fast)
    environment = {**given, **startup.prepare(config)}
    settings = supervision.write_settings(config, plan(config))
    supervision.launch(config, settings, attached=True)
    supervisor = supervision.Supervisor(config)
    try:
        waiting.until(supervisor.alive, what="supervisord", timeout_s=20)
        progress = Progress(startup.TOTAL_STEPS)
        startup.start_engines(config, supervisor, progress, may_create_databases=True)
        run = _Run(environment, extra, config.log_dir)
        shown, others = _LANES[only]
        with (
            run.training(
                wanted=any(suite.model for suite in (*shown, *others)),
                output=config.log_dir / "training.txt",
            ),
            run.behind(others, output=config.log_dir / "suites.txt"),
        ):
            for suite in shown:
                run.suite(suite)
        if only in _SYSTEMS:
            startup.start_services(config, supervisor, progress, environment)
            run.suite(_SYSTEMS[only])
        failed = run.failed
    finally:
        stop(config, quiet=True)
    print(f"\nAll suites took {time.monotonic() - started:.0f} s; logs: {config.log_dir}")
    for name in failed:
        print(f"FAILED: {name}")
        for line in told(run.report(name)):
            print(f"  {line}")
    return 1 if failed else 0


_PROVIDERS = ("TWILIO_API_BASE_URL", "TELEGRAM_API_BASE_URL")
_ENGINE_URLS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "WALLET_DATABASE_URL",
    "WALLET_DATABASE_OWNER_URL",
    "RASA_DATABASE_URL",
    "VALKEY_URL",
    "CHAIN_RPC_URL",
)


@dataclass
class _Run:
    """Runs suites with one environment and the person's own pytest arguments."""

    environment: Mapping[str, str]
    extra: Sequence[str]
    reports: Path
    failed: list[str] = field(default_factory=list)
    _training: subprocess.Popen[bytes] | None = None

    def report(self, name: str) -> Path:
        """Where the suite of this name writes what became of each test."""
        return self.reports / f"{name}.xml"

    @contextmanager
    def training(self, *, wanted: bool, output: Path) -> Iterator[None]:
        """Train the model beside what the block does, after everything else; suites wait for it."""
        if wanted:
            command = ("nice", "-n", "10", str(BOT_PYTHON), "-m", "bot.train")
            with output.open("wb") as file:
                self._training = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=dict(self.environment),
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
        try:
            yield
        finally:
            if self._training is not None:
                self._training.kill()
                self._training.wait()

    def suite(self, suite: Suite) -> None:
        """Run one suite to its end, its output shown as it comes."""
        print(f"\n--- {suite.name}", flush=True)
        process = self._start(suite, None)
        try:
            self._ended(suite, process)
        finally:
            process.kill()

    @contextmanager
    def behind(self, suites: Sequence[Suite], *, output: Path) -> Iterator[None]:
        """Run ``suites`` beside what the block does; their output follows when all is done."""
        interrupted = threading.Event()
        current: list[subprocess.Popen[bytes]] = []

        def lane() -> None:
            with output.open("wb") as file:
                for suite in suites:
                    if interrupted.is_set():
                        return
                    file.write(f"\n--- {suite.name}\n".encode())
                    file.flush()
                    current[:] = [self._start(suite, file)]
                    if interrupted.is_set():  # since the look above
                        current[0].terminate()
                    self._ended(suite, current[0])

        thread = threading.Thread(target=lane)
        thread.start()
        try:
            yield
            thread.join()
        except BaseException:
            interrupted.set()
            for process in current:
                process.terminate()
            thread.join()
            raise
        finally:
            print(output.read_text(encoding="utf-8", errors="replace"), flush=True)

    def _start(self, suite: Suite, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
        if suite.model and self._training is not None:
            self._training.wait()  # one that failed is tried again, and told of, by the suite
        report = f"--junitxml={self.report(suite.name)}"
        command = [str(suite.python), "-m", "pytest", report, *suite.arguments, *self.extra]
        environment = {
            name: value
            for name, value in self.environment.items()
            if suite.channels or name not in CHANNELS
        }
        if suite.owner:
            environment["MDMP_DB_ROLE"] = "owner"
        if suite.beside:
            environment |= _apart(environment)
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output and subprocess.STDOUT
        )

    def _ended(self, suite: Suite, process: subprocess.Popen[bytes]) -> None:
        if process.wait() != 0:
            self.failed.append(suite.name)


def _apart(environment: Mapping[str, str]) -> dict[str, str]:
    """Databases of its own: the suffix that pytest-django takes from tox, Valkey's second one."""
    valkey, _, _ = environment["VALKEY_URL"].rpartition("/")
    return {"TOX_PARALLEL_ENV": "beside", "VALKEY_URL": f"{valkey}/1"}


def _providers(ports: Mapping[str, str]) -> dict[str, str]:
    """Channels switched on towards doubles that the tests serve on ``ports``; nobody's secrets."""
    return {
        **{name: f"http://{HOST}:{port}" for name, port in ports.items()},
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_SMS_FROM": "+33937000001",
        "TWILIO_VOICE_FROM": "+33491000001",
        "HELP_DESK_HOURS": "0-24",  # calls reach a person whenever the tests run
        "TELEGRAM_BOT_TOKEN": f"1234567:{secrets.token_hex(18)}",
        "TELEGRAM_WEBHOOK_SECRET": secrets.token_hex(32),
    }
