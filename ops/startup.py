"""From nothing to a serving system, step by step; every step is safe to repeat."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from . import postgres, secrets, supervision, valkey, waiting
from .config import BOT_PYTHON, DATABASES, PLATFORM_PYTHON, ROOT, Config, ConfigError
from .processes import ENGINES, SERVICES, TELEGRAM_POLL, Process, plan, polls_telegram
from .progress import Progress

ENGINE_TIMEOUT_S = 60
READY_TIMEOUT_S = 180
TOTAL_STEPS = 11

# module and command of each step that runs once per start; production runs the same
ONE_OFF_COMMANDS = (
    ("agent_console.manage", "migrate"),
    ("wallet_service.manage", "migrate"),
    ("wallet_service.manage", "deploy_contract"),
    ("wallet_service.manage", "seed_rules"),
    ("agent_console.manage", "seed_metropolis"),
    ("agent_console.manage", "seed_partners"),  # asks the wallet: once that is ready
)


class StepFailed(Exception):
    """A one-off command failed; the message holds the end of what it printed."""


def prepare(config: Config) -> dict[str, str]:
    """Folders, secrets and settings files; returns the whole environment. Nothing runs yet."""
    for folder in (config.data_dir, config.run_dir, config.log_dir):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = secrets.ensure(config.data_dir)
    if config.embedded_valkey:
        valkey.write_settings(config, known["VALKEY_PASSWORD"])
    return config.environment(known)


def require_not_running(config: Config) -> None:
    """Raise ``ConfigError`` when this data folder's system runs or a port is taken."""
    if supervision.Supervisor(config).alive():
        raise ConfigError(f"already running with {config.data_dir}: make status, or make stop")
    waiting.require_free_ports(config, [process.port for process in plan(config) if process.port])


def start_engines(
    config: Config,
    supervisor: supervision.Supervisor,
    progress: Progress,
    *,
    may_create_databases: bool = False,
) -> None:
    """Start the embedded engines and create what is missing in PostgreSQL."""
    known = secrets.load(config.data_dir)
    planned = plan(config)
    with progress.step("engines: PostgreSQL, Valkey, chain node"):
        if config.embedded_postgres:
            postgres.ensure_cluster(config, known["POSTGRES_PASSWORD"])
        for engine in ENGINES:
            if engine in planned:
                supervisor.start(engine.name, wait=False)
        if config.embedded_postgres:
            waiting.until(
                lambda: postgres.accepts_connections(config, known),
                what=_where(config, "postgres"),
                timeout_s=ENGINE_TIMEOUT_S,
            )
            postgres.ensure_roles_and_databases(
                config, known, may_create_databases=may_create_databases
            )
        for engine in ENGINES:
            if engine in planned and engine.port:
                port = config.ports[engine.port]
                waiting.until(
                    lambda port=port: waiting.port_open(port),  # type: ignore[misc]
                    what=_where(config, engine.name),
                    timeout_s=ENGINE_TIMEOUT_S,
                )


def start_services(
    config: Config,
    supervisor: supervision.Supervisor,
    progress: Progress,
    environment: Mapping[str, str],
) -> str:
    """Migrate, deploy, train, seed, start; returns what the seed printed (accounts made now)."""
    with progress.step("language model (trained only when its data changed)"):
        _bot(environment, "bot.train", "--data-dir", str(config.data_dir))
    supervisor.start("rasa", wait=False)  # the slowest to load: meanwhile the rest is prepared
    with progress.step("databases: migrations"):
        for package, database in _DATABASE_OF_PACKAGE.items():
            _manage(environment, package, "migrate", "--verbosity", "0", owner_of=database)
    with progress.step("chain: keys and contract"):
        _manage(environment, "wallet_service", "deploy_contract", reads=_CHAIN_KEYS)
    with progress.step("seed: reward rules, communes, categories, demo accounts"):
        _manage(environment, "wallet_service", "seed_rules")
        accounts = _manage(environment, "agent_console", "seed_metropolis", reads=_DEMO_PASSWORDS)
    with progress.step("wallet, its worker and relayer"):
        for name in ("wallet", "wallet_worker", "relayer"):
            supervisor.start(name, wait=False)
        _until_ready(config, "wallet")
    with progress.step("seed: demo partner, offers, cashier"):
        _manage(environment, "agent_console", "seed_partners")
    with progress.step("actions and dialogue engine"):
        supervisor.start("actions", wait=False)
        for name in ("actions", "rasa"):
            _until_ready(config, name)
    with progress.step("console and worker"):
        for name in ("console", "worker"):
            supervisor.start(name, wait=False)
        if polls_telegram(config):
            supervisor.start(TELEGRAM_POLL.name, wait=False)
        waiting.until(
            lambda: waiting.port_open(config.ports["PORT"]),
            what=_where(config, "console"),
            timeout_s=READY_TIMEOUT_S,
        )
    with progress.step("the whole path answers"):
        _until_ready(config, "console")
    return accounts


_CHAIN_KEYS = (
    "CHAIN_KEYS_DIR",
    "CHAIN_KEYSTORE_PASSWORD_ADMIN",
    "CHAIN_KEYSTORE_PASSWORD_ISSUER",
    "CHAIN_KEYSTORE_PASSWORD_REDEEMER",
    "CHAIN_SIGNER_URL",
    "CHAIN_ADDRESS_ADMIN",
    "CHAIN_ADDRESS_ISSUER",
    "CHAIN_ADDRESS_REDEEMER",
)
_DEMO_PASSWORDS = ("DEMO_OPERATOR_PASSWORD", "DEMO_SUPERVISOR_PASSWORD", "DEMO_PARTNER_PASSWORD")
_DATABASE_OF_PACKAGE = {"agent_console": "mdmp_console", "wallet_service": "mdmp_wallet"}
_SERVICE_OF_PACKAGE = {"agent_console": "console", "wallet_service": "wallet"}


def _where(config: Config, name: str) -> str:
    return f"{name} (its log: {supervision.log_file(config, name)})"


def _until_ready(config: Config, name: str) -> None:
    """Wait for ``/readyz``; raises ``TimedOut`` that says what is missing."""
    process = next(process for process in SERVICES if process.name == name)
    assert process.port is not None
    url = config.url(process.port)
    last: list[str] = []

    def ready() -> bool:
        last[:] = waiting.missing_parts(url)
        return not last

    try:
        waiting.until(ready, what=name, timeout_s=READY_TIMEOUT_S)
    except waiting.TimedOut as exc:
        raise waiting.TimedOut(
            f"{_where(config, name)} is not ready after {READY_TIMEOUT_S} s; "
            f"missing: {', '.join(last)}"
        ) from exc


def _manage(
    environment: Mapping[str, str],
    package: str,
    *arguments: str,
    reads: tuple[str, ...] = (),
    owner_of: str | None = None,
) -> str:
    """Run a Django command with the service's own filtered environment; returns its output."""
    service = next(p for p in SERVICES if p.name == _SERVICE_OF_PACKAGE[package])
    process = Process(
        name=f"{package} {arguments[0]}",
        command=lambda *_: [],
        reads=(*service.reads, *reads, *((DATABASES[owner_of][1],) if owner_of else ())),
        constants={"MDMP_DB_ROLE": "owner"} if owner_of else None,
    )
    assert (f"{package}.manage", arguments[0]) in ONE_OFF_COMMANDS
    command = [str(PLATFORM_PYTHON), "-m", f"{package}.manage", *arguments]
    return _run(command, process.environment(environment))


def _bot(environment: Mapping[str, str], module: str, *arguments: str) -> str:
    rasa = next(process for process in SERVICES if process.name == "rasa")
    command = [str(BOT_PYTHON), "-m", module, *arguments]
    return _run(command, rasa.environment(environment))


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        shown = " ".join(command[1:4])
        raise StepFailed(f"{shown} failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")
    return done.stdout
