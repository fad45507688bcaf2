"""Service tokens: which process calls, and what it may do.

A token is a secret shared by exactly two processes.  It is read from the environment at start; a
missing or short one stops the start-up, so that no service ever runs open.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest
from ninja.security import HttpBearer

from .problems import Problem

MIN_SECRET_CHARS = 32


@dataclass(frozen=True)
class ServiceToken:
    """A caller's name, its secret (at least 32 characters) and its scopes (``resource:verb``)."""

    name: str
    secret: str = field(repr=False)
    scopes: frozenset[str]

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET_CHARS:
            raise ValueError(
                f"the token of {self.name!r} is shorter than {MIN_SECRET_CHARS} characters"
            )


class ServiceTokenAuth(HttpBearer):
    """Authenticates ``Authorization: Bearer``; ``request.auth`` becomes the ``ServiceToken``."""

    def __init__(self, tokens: Iterable[ServiceToken]) -> None:
        super().__init__()
        self._tokens = tuple(tokens)
        if not self._tokens:
            raise ValueError("no service token is configured")

    def authenticate(self, request: HttpRequest, token: str) -> ServiceToken | None:
        sent = token.encode()
        found = None
        # Every token is compared, each in constant time: the answer's delay tells nothing.
        for known in self._tokens:
            if hmac.compare_digest(known.secret.encode(), sent):
                found = known
        return found


def require_scope(request: HttpRequest, scope: str) -> ServiceToken:
    """The caller's token; raises ``Problem`` 403 ``scope_missing`` when it lacks ``scope``."""
    token = getattr(request, "auth", None)
    if not isinstance(token, ServiceToken) or scope not in token.scopes:
        raise Problem(403, "scope_missing", f"Ce jeton ne permet pas l’opération « {scope} ».")
    return token
