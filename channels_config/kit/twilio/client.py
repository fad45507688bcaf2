"""Twilio's client over an HTTP that is bounded in time and size, wherever it is said to be."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any

import requests
from django.conf import settings
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

CONNECT_S, READ_S = 3.0, 10.0
TOTAL_S = 15.0  # however slowly the rest trickles in
BODY_MAX_BYTES = 1_000_000
_PROVIDER = "https://api.twilio.com"
_CHUNK = 64 * 1024


class ProviderUnavailable(Exception):
    """No usable answer: away, too slow, or asking for patience (``retry_after_s``)."""

    def __init__(self, *, is_limit: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__()
        self.is_limit = is_limit
        self.retry_after_s = retry_after_s


class TooLarge(Exception):
    """The answer is larger than it may be."""


class BoundedHttp(HttpClient):  # type: ignore[misc]  # twilio ships no types
    """``twilio.http.HttpClient`` that raises ``ProviderUnavailable`` for what passes by itself.

    Logs nothing: the library's own client logs numbers and texts.
    """

    def __init__(self) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._session = requests.Session()
        self._session.trust_env = False

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request; answers of 429 and 5xx are raised."""
        with self._open(
            method.upper(),
            based(url),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            allow_redirects=allow_redirects,
        ) as answer:
            return Response(answer.status_code, _read(answer).decode(), dict(answer.headers))

    def download(self, url: str, *, most: int) -> tuple[str, bytes]:
        """Content type and bytes of a media; raises ``TooLarge`` or ``requests.HTTPError``.

        Follows redirects, which lose the credentials where they leave the host (``requests``).
        """
        with self._open("GET", url, auth=credentials(), allow_redirects=True) as answer:
            answer.raise_for_status()
            return answer.headers.get("Content-Type", ""), _read(answer, most=most)

    def _open(self, method: str, url: str, **given: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, timeout=(CONNECT_S, READ_S), stream=True, **given
            )
        except requests.RequestException as failure:
            raise ProviderUnavailable from failure
        if answer.status_code == 429 or answer.status_code >= 500:
            answer.close()
            raise ProviderUnavailable(
                is_limit=answer.status_code == 429,
                retry_after_s=_retry_after_s(answer.headers.get("Retry-After")),
            )
        return answer


def based(url: str) -> str:
    """``url`` at the address that ``TWILIO_API_BASE_URL`` gives instead of Twilio's."""
    return settings.TWILIO_API_BASE_URL + url.removeprefix(_PROVIDER)


def credentials() -> tuple[str, str]:
    """User and password of the API: a key where there is one, since it can be withdrawn alone."""
    if settings.TWILIO_API_KEY_SID:
        return settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET
    return settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN


def client() -> Client:
    """Twilio's client for the configured account."""
    user, password = credentials()
    return Client(
        username=user,
        password=password,
        account_sid=settings.TWILIO_ACCOUNT_SID,
        http_client=http(),
    )


@cache
def http() -> BoundedHttp:
    """One session for the process: connections are kept."""
    return BoundedHttp()


def _read(answer: requests.Response, *, most: int = BODY_MAX_BYTES) -> bytes:
    """The body, within ``TOTAL_S``; each chunk alone may take up to ``READ_S``."""
    until, body = time.monotonic() + TOTAL_S, bytearray()
    try:
        for chunk in answer.iter_content(_CHUNK):
            body += chunk
            if len(body) > most:
                raise TooLarge
            if time.monotonic() > until:
                raise ProviderUnavailable
    except requests.RequestException as failure:
        raise ProviderUnavailable from failure
    return bytes(body)


def _retry_after_s(value: str | None) -> float | None:
    """Seconds of a ``Retry-After``; Twilio sends no dates there."""
    return float(value) if value and value.isdecimal() else None
