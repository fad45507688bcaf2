"""The HTTP core that every part of this client shares, and its errors.

Reads are for screens: short time-outs, one try.  Writes carry an idempotency key, so that whoever
makes them may repeat them after any failure.
"""

import logging
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import httpx
from django.conf import settings

_TIMEOUT = httpx.Timeout(5.0, connect=1.0)
# Answers about the request itself.  Anything else (a token just rotated, a service in trouble) is a
# fault that somebody mends.
_REFUSALS = frozenset({400, 404, 409, 410, 422})

logger = logging.getLogger(__name__)


class WalletError(Exception):
    """Base of this client's errors."""


class WalletUnavailable(WalletError):
    """No usable answer: away, failing, or set up wrongly on either side; ask again later.

    ``code`` is the service's own, if it gave one (``issuing_stopped``, for one), else empty.
    """

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class WalletUnknown(WalletError):
    """No wallet has this number."""


class WalletRefused(WalletError):
    """The service refuses this very request for good.

    ``code`` is stable, ``message`` is French and may be shown, ``fields`` says what about which
    field.
    """

    def __init__(
        self, code: str, message: str = "", fields: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = dict(fields or {})


def request(
    method: str,
    path: str,
    *,
    key: str | None = None,
    json: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    final: Collection[str] | None = None,
) -> dict[str, Any]:
    """Ask the wallet service once; the decoded answer.

    ``key`` is the idempotency key of a write.  ``final`` names the refusals that are decisions: a
    job passes them, so that any other refusal is asked again and nobody's points are lost over a
    fault of ours.  Without it (a person waits for the answer) every refusal is final.

    Raises ``WalletUnknown``, ``WalletRefused``, ``WalletUnavailable``.
    """
    headers = {"Idempotency-Key": key} if key else {}
    try:
        response = client().request(method, path, headers=headers, json=json, params=params)
    except httpx.HTTPError as exc:
        raise WalletUnavailable from exc
    if response.is_success:
        try:
            body: dict[str, Any] = response.json()
        except ValueError as exc:
            raise WalletUnavailable from exc
        return body
    problem = _problem(response)
    code = str(problem.get("code", ""))
    if code == "wallet_unknown":
        raise WalletUnknown
    is_decision = code in final if final is not None else response.status_code in _REFUSALS
    if code and is_decision:
        fields = problem.get("fields")
        raise WalletRefused(
            code, str(problem.get("message", "")), fields if isinstance(fields, dict) else None
        )
    logger.error(
        "wallet request failed",
        extra={"status_code": response.status_code, "code": code, "method": method},
    )
    raise WalletUnavailable(code)


@cache
def client() -> httpx.Client:
    """The one connection pool of this process."""
    return httpx.Client(
        base_url=settings.WALLET_URL,
        timeout=_TIMEOUT,
        headers={"Authorization": f"Bearer {settings.WALLET_API_TOKEN}"},
    )


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
