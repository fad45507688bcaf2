"""Where everything listens and lives, read once from the environment.

Every name is documented in ``docs/operations/running.md``.  An engine's URL in the environment
switches to a real server and the embedded one is not started.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PLATFORM_PYTHON = ROOT / ".venv" / "platform" / "bin" / "python"
BOT_PYTHON = ROOT / ".venv" / "bot" / "bin" / "python"
HOST = "127.0.0.1"

# setting name -> default port
PORTS: Mapping[str, int] = {
    "PORT": 8000,
    "WALLET_PORT": 8100,
    "RASA_PORT": 5005,
    "ACTIONS_PORT": 5055,
    "CHAIN_PORT": 8545,
    "POSTGRES_PORT": 55432,
    "VALKEY_PORT": 56379,
}
# database -> (URL setting of the runtime role, of the owner role, owner role, runtime role)
DATABASES: Mapping[str, tuple[str, str, str, str]] = {
    "mdmp_console": (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "mdmp_console_owner",
        "mdmp_console_runtime",
    ),
    "mdmp_wallet": (
        "WALLET_DATABASE_URL",
        "WALLET_DATABASE_OWNER_URL",
        "mdmp_wallet_owner",
        "mdmp_wallet_runtime",
    ),
    "mdmp_rasa": ("RASA_DATABASE_URL", "RASA_DATABASE_URL", "mdmp_rasa", "mdmp_rasa"),
}


class ConfigError(Exception):
    """A setting that can't work; the message names it and says what to do."""


@dataclass(frozen=True)
class Config:
    """Ports, data folder and switches; ``given`` is the environment it was read from."""

    data_dir: Path
    ports: Mapping[str, int]
    given: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read settings; raises ``ConfigError`` naming the setting that is wrong."""
        given = dict(os.environ if environ is None else environ)
        ports = {}
        for name, default in PORTS.items():
            text = given.get(name) or str(default)
            if not text.isdecimal() or not 1 <= int(text) <= 65535:
                raise ConfigError(f"{name}={text!r} is not a port (1 to 65535)")
            ports[name] = int(text)
        if len(set(ports.values())) != len(ports):
            raise ConfigError("two settings name the same port: " + ", ".join(sorted(ports)))
        data_dir = Path(given.get("DATA_DIR") or "var")
        return cls(data_dir=(ROOT / data_dir).resolve(), ports=ports, given=given)

    @property
    def embedded_postgres(self) -> bool:
        """True unless every service's database URL is given."""
        urls = [url for url, _, _, _ in DATABASES.values()]
        count = sum(bool(self.given.get(url)) for url in urls)
        if count not in (0, len(urls)):
            raise ConfigError("give all of " + ", ".join(urls) + ", or none")
        owners = [owner for _, owner, role, runtime in DATABASES.values() if role != runtime]
        missing = [name for name in owners if not self.given.get(name)]
        if count and missing:
            # One role for both would let the serving process rewrite what is append-only.
            raise ConfigError("give the owner roles' URLs too: " + ", ".join(missing))
        return count == 0

    @property
    def postgres_fsync(self) -> str:
        """Whether the embedded server waits for the disk: ``on`` wherever data is worth keeping."""
        return "off" if self.given.get("POSTGRES_FSYNC") == "off" else "on"

    @property
    def embedded_valkey(self) -> bool:
        return not self.given.get("VALKEY_URL")

    @property
    def embedded_chain(self) -> bool:
        return not self.given.get("CHAIN_RPC_URL")

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    def url(self, port_setting: str) -> str:
        return f"http://{HOST}:{self.ports[port_setting]}"

    def environment(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """Every name that some process reads, secrets included; ``ops.processes`` filters it."""
        values = {name: str(port) for name, port in self.ports.items()}
        values |= {
            "DATA_DIR": str(self.data_dir),
            "BIND_HOST": HOST,
            "CHAIN_ID": "13055",
            "CHAIN_KEYS_DIR": str(self.data_dir / "keys"),
            "CHAIN_RPC_URL": self.url("CHAIN_PORT"),
            "VALKEY_URL": (
                f"redis://:{quote(secrets['VALKEY_PASSWORD'])}@{HOST}:{self.ports['VALKEY_PORT']}/0"
            ),
            "RASA_URL": self.url("RASA_PORT"),
            "ACTIONS_URL": self.url("ACTIONS_PORT"),
            "WALLET_URL": self.url("WALLET_PORT"),
            "CONSOLE_URL": self.url("PORT"),
            "PUBLIC_BASE_URL": f"http://localhost:{self.ports['PORT']}",
            # Demo accounts on one's own machine; the console's own default is to require it.
            "STAFF_SECOND_FACTOR": "offered",
        }
        for database, (runtime_url, owner_url, owner, runtime) in DATABASES.items():
            values[owner_url] = self._database_url(owner, secrets, database)
            values[runtime_url] = self._database_url(runtime, secrets, database)
        values |= secrets
        values |= {name: self.given[name] for name in values if self.given.get(name)}
        # Rasa's lock store takes no URL.
        valkey = urlsplit(values["VALKEY_URL"])
        values |= {
            "VALKEY_HOST": valkey.hostname or HOST,
            "VALKEY_PORT": str(valkey.port or 6379),
            "VALKEY_PASSWORD": unquote(valkey.password or ""),
        }
        return values

    def _database_url(self, role: str, secrets: Mapping[str, str], database: str) -> str:
        password = quote(secrets[password_name(role)])
        return f"postgresql://{role}:{password}@{HOST}:{self.ports['POSTGRES_PORT']}/{database}"


def password_name(role: str) -> str:
    """The secret that holds a database role's password."""
    return f"{role.upper()}_PASSWORD"
