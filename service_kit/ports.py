"""For tests and measurements only: loopback ports for servers that they start."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_FIRST: Final = 20_000
_KERNEL_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL: Final = 32_768


def free_port() -> int:
    """A port that nothing listens on."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """``count`` different ports that nothing listens on.

    They lie below those that the kernel gives to outgoing connections: between a server's end and
    its new start on the same port, no connection of another test can take it.
    """
    candidates = random.sample(range(_FIRST, _lent_from()), k=count + 500)
    found: list[int] = []
    with ExitStack() as held:
        for port in candidates:
            if len(found) == count:
                return found
            probe = held.enter_context(socket.socket())
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found.append(port)
    raise OSError(f"no {count} free ports between {_FIRST} and {_lent_from()}")


def _lent_from() -> int:
    try:
        first = int(_KERNEL_RANGE.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return _USUAL
    return first if first > _FIRST + 2_000 else _USUAL
