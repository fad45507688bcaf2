"""The processes, their commands, and the only environment names that each may see.

``docker-compose.yml`` runs the same commands; a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chain.node import anvil_arguments

from . import postgres, valkey
from .config import BOT_PYTHON, PLATFORM_PYTHON, ROOT, Config

Environment = Mapping[str, str]

# What any program may see, whoever it is.
_COMMON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "SSL_CERT_FILE",
    "DATA_DIR",
    "BIND_HOST",
    "LOG_LEVEL",
)
_WALLET = ("WALLET_DATABASE_URL", "WALLET_SECRET_KEY", "CHAIN_RPC_URL", "CHAIN_ID")
# What a deployment may set about points, offers and the limited network's ceiling.
WALLET_POLICY = (
    "WALLET_PARTNER_CONCENTRATION_CAPTURES",
    "WALLET_POINT_VALUE_CENTS",
    "WALLET_LIMIT_WATCH_PERCENT",
    "WALLET_LIMIT_ALARM_PERCENT",
    "POINTS_LIFETIME_MONTHS",
)
# Providers of channels: what is missing switches its channel off.
CHANNELS = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY_SID",
    "TWILIO_API_KEY_SECRET",
    "TWILIO_API_BASE_URL",
    "TWILIO_SMS_FROM",
    "TWILIO_VOICE_FROM",
    "VOICE_NAME",
    "VOICE_SPEECH_MODEL",
    "VOICE_RECORDING",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "TELEGRAM_API_BASE_URL",
)
_CONSOLE = (
    "DATABASE_URL",
    "VALKEY_URL",
    "CONSOLE_SECRET_KEY",
    "CONSOLE_DIGEST_KEY",
    "CONSOLE_ADDRESS_KEYS",
    "CONSOLE_URN_KEY",
    "CONSOLE_API_TOKEN_ACTIONS",
    "RASA_URL",
    "RASA_TOKEN",
    "WALLET_URL",
    "WALLET_API_TOKEN_CONSOLE",
    "GLASS_COLLECTOR_SECRETS",
    "PHOTO_STORAGE_BACKEND",
    "PHOTO_STORAGE_OPTIONS",
    "GEOCODER_URL",
    "GEOCODER_TIMEOUT_S",
    "EMAIL_URL",
    "EMAIL_FROM",
    "ONCALL_EMAIL",
    "PUBLIC_BASE_URL",
    "ALLOWED_HOSTS",
    "FORWARDED_ALLOW_IPS",
    "WEB_CHAT_ORIGINS",
    "MAP_TILES_URL",
    "MAP_TILES_ATTRIBUTION",
    "OPENID_ISSUER",
    "OPENID_CLIENT_ID",
    "OPENID_CLIENT_SECRET",
    "OPENID_ACR_VALUES",
    "OPENID_NAME",
    "HELP_DESK_HOURS",
    "STAFF_SECOND_FACTOR",
    "STAFF_SESSION_S",
    "STAFF_SESSION_IDLE_S",
    "STAFF_CONFIRM_S",
    *CHANNELS,
)
_BOT = ("RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL", "SQLALCHEMY_SILENCE_UBER_WARNING")
_BOT_CONSTANTS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
_BEHIND = 5  # a third of the processor's time beside one that does not step back


@dataclass(frozen=True)
class Process:
    """One long-running program.

    ``command`` builds the argument vector; ``reads`` are the environment names it gets beside the
    common ones, ``constants`` those whose value is fixed; ``port`` is the setting of the port that
    it listens on, if any; ``stop_signal`` ends it cleanly within ``stop_wait_s`` seconds.
    ``niceness`` is how far it steps back where processors are short: who waits on the line, a
    provider or an operator, is answered before work that a queue keeps.
    """

    name: str
    command: Callable[[Config, Environment], list[str]]
    reads: tuple[str, ...] = ()
    port: str | None = None
    stop_signal: str = "TERM"
    stop_wait_s: int = 15
    constants: Mapping[str, str] | None = None
    niceness: int = 0

    def environment(self, available: Environment) -> dict[str, str]:
        """The filtered environment of this process."""
        names = {*_COMMON, *self.reads, *((self.port,) if self.port else ())}
        merged = {**os.environ, **available}
        seen = {name: merged[name] for name in sorted(names) if name in merged}
        return {**seen, **(self.constants or {})}


def _postgres(config: Config, env: Environment) -> list[str]:
    return postgres.server_command(config)


def _valkey(config: Config, env: Environment) -> list[str]:
    return valkey.server_command(config)


def _chain(config: Config, env: Environment) -> list[str]:
    return anvil_arguments(port=config.ports["CHAIN_PORT"], chain_id=int(env["CHAIN_ID"]))


def _wallet(config: Config, env: Environment) -> list[str]:
    return [
        str(PLATFORM_PYTHON.with_name("gunicorn")),
        "--config",
        "python:wallet_service.config.serving",
        "wallet_service.config.wsgi:application",
    ]


def _wallet_worker(config: Config, env: Environment) -> list[str]:
    return [str(PLATFORM_PYTHON), "-m", "wallet_service.manage", "work"]


def _relayer(config: Config, env: Environment) -> list[str]:
    return [str(PLATFORM_PYTHON), "-m", "wallet_service.manage", "relay"]


def _console(config: Config, env: Environment) -> list[str]:
    return [
        str(PLATFORM_PYTHON.with_name("uvicorn")),
        "agent_console.config.asgi:application",
        "--host",
        env["BIND_HOST"],
        "--port",
        str(config.ports["PORT"]),
        "--no-access-log",
        "--no-server-header",
        "--log-level",
        "warning",
        "--timeout-graceful-shutdown",
        "5",
        "--ws-max-size",
        "65536",
        # A widget's few short frames are not worth the memory that a compressor keeps for each.
        "--ws-per-message-deflate",
        "false",
        # Nobody's word about addresses unless proxies are named.
        "--forwarded-allow-ips",
        os.environ.get("FORWARDED_ALLOW_IPS", ""),
    ]


def _worker(config: Config, env: Environment) -> list[str]:
    return [str(PLATFORM_PYTHON), "-m", "agent_console.manage", "work"]


def _telegram(config: Config, env: Environment) -> list[str]:
    return [str(PLATFORM_PYTHON), "-m", "agent_console.manage", "telegram", "poll"]


def _actions(config: Config, env: Environment) -> list[str]:
    return [str(BOT_PYTHON), "-m", "actions.server"]


def _rasa(config: Config, env: Environment) -> list[str]:
    return [str(BOT_PYTHON), "-m", "bot.serve"]


ENGINES = (
    Process("postgres", _postgres, port="POSTGRES_PORT", stop_signal="INT", stop_wait_s=30),
    Process("valkey", _valkey, port="VALKEY_PORT"),
    Process("chain", _chain, port="CHAIN_PORT"),
)
SERVICES = (
    Process(
        "wallet",
        _wallet,
        reads=(
            *_WALLET,
            *WALLET_POLICY,
            "WALLET_API_TOKEN_CONSOLE",
            "WALLET_API_TOKEN_ACTIONS",
            "WALLET_API_TOKEN_METRICS",
        ),
        port="WALLET_PORT",
    ),
    Process(
        "wallet_worker",
        _wallet_worker,
        # No key, no token and no way to the chain.
        reads=("WALLET_DATABASE_URL", "WALLET_SECRET_KEY", *WALLET_POLICY),
    ),
    Process(
        "relayer",
        _relayer,
        reads=(
            *_WALLET,
            "CHAIN_KEYS_DIR",
            "CHAIN_KEYSTORE_PASSWORD_ISSUER",
            "CHAIN_KEYSTORE_PASSWORD_REDEEMER",
            "CHAIN_SIGNER_URL",
            "WALLET_RECONCILE_EVERY_S",
        ),
    ),
    Process("console", _console, reads=_CONSOLE, port="PORT"),
    Process("worker", _worker, reads=_CONSOLE, niceness=_BEHIND),
    Process(
        "actions",
        _actions,
        reads=(
            "ACTIONS_TOKEN",
            "CONSOLE_URL",
            "CONSOLE_API_TOKEN_ACTIONS",
            "WALLET_URL",
            "WALLET_API_TOKEN_ACTIONS",
            "PUBLIC_BASE_URL",
            *_BOT,
        ),
        port="ACTIONS_PORT",
        constants=_BOT_CONSTANTS,
        niceness=_BEHIND,
    ),
    Process(
        "rasa",
        _rasa,
        reads=(
            "RASA_TOKEN",
            "ACTIONS_URL",
            "ACTIONS_TOKEN",
            "RASA_DATABASE_URL",
            "VALKEY_HOST",
            "VALKEY_PORT",
            "VALKEY_PASSWORD",
            *_BOT,
        ),
        port="RASA_PORT",
        stop_wait_s=20,
        constants=_BOT_CONSTANTS,
        niceness=_BEHIND,
    ),
)

# Fetches Telegram's messages on a machine that Telegram can't call: a bot's token, no webhook.
TELEGRAM_POLL = Process("telegram", _telegram, reads=_CONSOLE)


def polls_telegram(config: Config) -> bool:
    """Whether messages are fetched from Telegram instead of being brought by it."""
    given = config.given
    return bool(given.get("TELEGRAM_BOT_TOKEN")) and not given.get("TELEGRAM_WEBHOOK_SECRET")


def plan(config: Config) -> tuple[Process, ...]:
    """The processes of this installation: engines given by URL are left out."""
    embedded = {
        "postgres": config.embedded_postgres,
        "valkey": config.embedded_valkey,
        "chain": config.embedded_chain,
    }
    polling = (TELEGRAM_POLL,) if polls_telegram(config) else ()
    return (*(engine for engine in ENGINES if embedded[engine.name]), *SERVICES, *polling)


def by_name(config: Config, name: str) -> Process:
    """The process called ``name``; raises ``KeyError``."""
    return {process.name: process for process in plan(config)}[name]


def execute(config: Config, process: Process, available: Environment) -> None:
    """Become ``process``: replaces the current program, so signals reach it directly."""
    os.chdir(ROOT)
    os.nice(process.niceness)
    command = process.command(config, available)
    os.execvpe(command[0], command, process.environment(available))
