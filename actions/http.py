"""One way to call the city's services: bounded time, bounded retries, nothing doubled.

Errors
    ServiceUnavailable   no usable answer after the last attempt (network, time-out, 5xx, 429)
    ServiceRefused       a 4xx with the service's stable ``code``
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx

logger = logging.getLogger(__name__)

ATTEMPTS = 3
# Seconds. Three attempts stay well under the hub's budget for a turn.
TIMEOUT = httpx.Timeout(connect=1.0, read=3.0, write=2.0, pool=1.0)
BACKOFF_S = (0.1, 0.4)
_RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


class ServiceUnavailable(Exception):
    """The service gave no usable answer; the same call may be made again later."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service


class ServiceRefused(Exception):
    """The service understood and said no. ``code`` is stable, ``status`` is HTTP's, ``fields``
    and ``message`` (a sentence in French) say more where the service does."""

    def __init__(
        self,
        service: str,
        status: int,
        code: str,
        fields: Mapping[str, str] | None = None,
        message: str = "",
    ) -> None:
        super().__init__(f"{service}: {status} {code}")
        self.service = service
        self.status = status
        self.code = code
        self.fields = dict(fields or {})
        self.message = message


class ServiceClient:
    """JSON over HTTP to one service, with its bearer token."""

    def __init__(
        self,
        *,
        service: str,
        base_url: str,
        token: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._service = service
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=TIMEOUT,
            transport=transport,
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        safe: bool = False,
    ) -> dict[str, Any]:
        """Call and return the JSON object of a 2xx answer; a list comes back under ``items``.

        Retried only where a second call cannot act twice: a GET, a call marked ``safe`` (it writes
        nothing), or a write with an ``idempotency_key``. Raises ``ServiceUnavailable`` or
        ``ServiceRefused``.
        """
        repeatable = safe or idempotency_key is not None or method in ("GET", "PUT")
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        attempts = ATTEMPTS if repeatable else 1
        for attempt in range(1, attempts + 1):
            started = time.monotonic()
            outcome: str
            try:
                response = await self._client.request(
                    method, path, json=json, params=params, headers=headers
                )
            except httpx.TransportError as error:
                outcome = type(error).__name__
            else:
                outcome = str(response.status_code)
                if response.status_code not in _RETRIED_STATUSES or _is_lasting(response):
                    return self._answer(response)
            logger.warning(
                "call failed",
                extra={
                    "service_called": self._service,
                    "code": outcome,
                    "attempt": attempt,
                    "duration_ms": round((time.monotonic() - started) * 1000),
                },
            )
            if attempt < attempts:
                await asyncio.sleep(BACKOFF_S[attempt - 1])
        raise ServiceUnavailable(self._service, outcome)

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        try:
            body = response.json()
        except ValueError:
            body = None
        if response.is_success and isinstance(body, dict):
            return body
        if response.is_success and isinstance(body, list):
            return {"items": body}
        if response.is_success:
            raise ServiceUnavailable(self._service, "answer is no JSON object or list")
        problem = body if isinstance(body, dict) else {}
        fields = problem.get("fields")
        raise ServiceRefused(
            self._service,
            response.status_code,
            str(problem.get("code") or "unknown"),
            {str(k): str(v) for k, v in fields.items()} if isinstance(fields, dict) else None,
            str(problem.get("message") or ""),
        )


def _is_lasting(response: httpx.Response) -> bool:
    """A limit that says how long it lasts (one-time codes): an answer, not an outage."""
    if response.status_code != 429:
        return False
    try:
        return "retry_after_s" in response.json()["fields"]
    except (ValueError, LookupError, TypeError):
        return False
