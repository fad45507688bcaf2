"""Waiting for something to become true, with a bound, by asking it again."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from .config import HOST, Config, ConfigError

_INTERVAL_S = 0.1
_HTTP_TIMEOUT_S = 5


class TimedOut(Exception):
    """What was waited for did not come in time; the message says what is missing."""


def until(condition: Callable[[], bool], *, what: str, timeout_s: float) -> None:
    """Return once ``condition()`` is true; raises ``TimedOut`` naming ``what``."""
    retrying = Retrying(
        retry=retry_if_result(lambda result: result is False),
        stop=stop_after_delay(timeout_s),
        wait=wait_fixed(_INTERVAL_S),
    )
    try:
        retrying(condition)
    except RetryError as exc:
        raise TimedOut(f"{what} is not there after {timeout_s:.0f} s") from exc


def port_open(port: int) -> bool:
    """True when something accepts TCP connections on loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def require_free_ports(config: Config, settings: list[str]) -> None:
    """Raise ``ConfigError`` naming the setting of the first port that is taken."""
    for name in settings:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, config.ports[name]))
            except OSError as exc:
                raise ConfigError(
                    f"port {config.ports[name]} is taken by another program: "
                    f"free it, or set {name} to another port"
                ) from exc


def missing_parts(url: str) -> list[str]:
    """What ``url``'s ``/readyz`` says is missing; ``[]`` when it is ready."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=_HTTP_TIMEOUT_S):
            return []
    except urllib.error.HTTPError as exc:
        try:
            return [str(part) for part in json.load(exc)["missing"]] or ["unknown"]
        except (ValueError, KeyError, TypeError):
            return [f"HTTP {exc.code}"]
    except OSError:
        return ["no answer"]
