"""Whether this process can serve a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.lock_store import RedisLockStore
from rasa.core.tracker_store import SQLTrackerStore

from bot.hub.strict import TurnFailed, strict

CHECK_TIMEOUT_S = 2.0


def _database(store: SQLTrackerStore) -> None:
    with store.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))


def _actions(webhook_url: str) -> None:
    url = f"{webhook_url.removesuffix('/webhook')}/readyz"
    httpx.get(url, timeout=CHECK_TIMEOUT_S, trust_env=False).raise_for_status()


def _checks(agent: Agent) -> dict[str, Callable[[], Any]]:
    checks: dict[str, Callable[[], Any]] = {}
    if isinstance(agent.tracker_store, SQLTrackerStore):
        store = agent.tracker_store
        checks["database"] = lambda: _database(store)
    if isinstance(agent.lock_store, RedisLockStore):
        checks["valkey"] = agent.lock_store.red.ping
    if agent.action_endpoint is not None:
        # Asked where turns call it: no conversation begins, and no report is sent, without it.
        webhook_url = str(agent.action_endpoint.url)
        checks["actions"] = lambda: _actions(webhook_url)
    return checks


async def _passes(check: Callable[[], Any]) -> bool:
    try:
        # The checks are synchronous: off the event loop, which has turns to run.
        await asyncio.wait_for(asyncio.to_thread(check), timeout=CHECK_TIMEOUT_S)
    except Exception:
        return False
    return True


async def missing_parts(agent: Agent | None) -> list[str]:
    """Names of what is missing, in the order of the checks; empty when ready."""
    if agent is None:
        return ["model"]
    try:
        strict(agent)
    except TurnFailed:
        return ["model"]
    checks = _checks(agent)
    # All at once: the caller waits no longer than for the slowest.
    passed = await asyncio.gather(*(_passes(check) for check in checks.values()))
    return [name for name, ok in zip(checks, passed, strict=True) if not ok]
