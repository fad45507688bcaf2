"""Secrets of one installation: made on the first run, readable by their owner only."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from .config import DATABASES, ConfigError, password_name

FILE_NAME = "secrets.env"
_BYTES = 32

NAMES = (
    "CONSOLE_SECRET_KEY",
    "CONSOLE_DIGEST_KEY",
    "CONSOLE_ADDRESS_KEYS",
    "CONSOLE_URN_KEY",
    "WALLET_SECRET_KEY",
    "RASA_TOKEN",
    "ACTIONS_TOKEN",
    "CONSOLE_API_TOKEN_ACTIONS",
    "WALLET_API_TOKEN_CONSOLE",
    "WALLET_API_TOKEN_ACTIONS",
    "WALLET_API_TOKEN_METRICS",
    "GLASS_COLLECTOR_SECRETS",
    "CHAIN_KEYSTORE_PASSWORD_ADMIN",
    "CHAIN_KEYSTORE_PASSWORD_ISSUER",
    "CHAIN_KEYSTORE_PASSWORD_REDEEMER",
    "POSTGRES_PASSWORD",
    "VALKEY_PASSWORD",
    *sorted({password_name(role) for row in DATABASES.values() for role in row[2:]}),
    "DEMO_OPERATOR_PASSWORD",
    "DEMO_SUPERVISOR_PASSWORD",
    "DEMO_PARTNER_PASSWORD",
)


def load(data_dir: Path) -> dict[str, str]:
    """The secrets of ``data_dir``; raises ``ConfigError`` when others can read them."""
    path = data_dir / FILE_NAME
    if not path.exists():
        return {}
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(f"{path} is readable by others: chmod 600 {path}")
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def ensure(data_dir: Path) -> dict[str, str]:
    """Load the secrets and make those that are missing; the file is replaced in one step."""
    known = load(data_dir)
    missing = [name for name in NAMES if name not in known]
    if missing:
        known |= {name: _new(name) for name in missing}
        data_dir.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{name}={value}\n" for name, value in known.items())
        descriptor, temporary = tempfile.mkstemp(dir=data_dir, prefix=".secrets-")  # mode 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(data_dir / FILE_NAME)
    return known


def _new(name: str) -> str:
    if name == "GLASS_COLLECTOR_SECRETS":  # name:secret[,name:secret…]; one to try it with
        return f"demo:{secrets.token_urlsafe(_BYTES)}"
    # Demo passwords are typed by people; the rest is read by processes only.
    return secrets.token_urlsafe(12 if name.startswith("DEMO_") else _BYTES)
