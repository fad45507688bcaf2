"""What the environment must say. A missing secret stops the process at start."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


class SettingMissing(RuntimeError):
    """An environment variable that has no safe default is not set."""


@dataclass(frozen=True)
class Settings:
    """Addresses and tokens of the action server."""

    host: str
    port: int
    console_url: str
    wallet_url: str
    actions_token: str = field(repr=False)
    console_token: str = field(repr=False)
    wallet_token: str = field(repr=False)


def _required(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingMissing(f"{name} is not set")
    return value


def settings_from_environment() -> Settings:
    """Read the environment. Raises ``SettingMissing`` naming the variable."""
    return Settings(
        host=os.environ.get("BIND_HOST", "127.0.0.1"),
        port=int(os.environ.get("ACTIONS_PORT", "5055")),
        console_url=_required("CONSOLE_URL").rstrip("/"),
        wallet_url=_required("WALLET_URL").rstrip("/"),
        actions_token=_required("ACTIONS_TOKEN"),
        console_token=_required("CONSOLE_API_TOKEN_ACTIONS"),
        wallet_token=_required("WALLET_API_TOKEN_ACTIONS"),
    )


def public_url() -> str:
    """Where people reach the console's public pages, without a slash; empty when it is not set:
    no address is given then."""
    return os.environ.get("PUBLIC_BASE_URL", "").rstrip("/")
