"""OpenID Connect, by Authlib: discovery, PKCE, nonce, signature and claims are checked there.

State, nonce and verifier travel in a signed cookie of ten minutes, not in a session of colleagues.
"""

from functools import cache
from typing import Any

from authlib.integrations.django_client import (  # type: ignore[import-untyped]
    DjangoOAuth2App,
    OAuth,
)
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

_COOKIE = "mdmp_openid"
_SALT = "identity.openid"
_LASTS_S = 600
_PATH = "/mon-espace/openid/"


class _Carried(dict[str, Any]):
    """What Authlib keeps between the two requests, where it expects a session."""

    def get_expiry_age(self) -> int:
        return _LASTS_S


@cache
def _client(issuer: str, client_id: str, secret: str, acr: str) -> DjangoOAuth2App:
    oauth = OAuth()
    return oauth.register(
        "residents",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        # Nothing but the subject is asked for.
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": 5},
        authorize_params={"acr_values": acr},
    )


def is_on() -> bool:
    """Whether a provider is configured."""
    return bool(settings.OPENID_ISSUER)


def send_to_provider(request: HttpRequest, *, return_to: str) -> HttpResponse:
    """The redirect to the provider, with the cookie that its answer is checked with."""
    carried = _Carried()
    request.session = carried  # type: ignore[assignment]
    response: HttpResponse = _app().authorize_redirect(request, return_to)
    response.set_cookie(
        _COOKIE,
        signing.dumps(dict(carried), salt=_SALT),
        max_age=_LASTS_S,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def claims_of_answer(request: HttpRequest) -> dict[str, Any]:
    """The checked claims: issuer, audience, nonce, signature, time.

    Raises ``signing.BadSignature`` (no cookie of ours), ``AuthlibBaseError`` and the library's
    errors about tokens and transport.
    """
    carried = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LASTS_S)
    request.session = _Carried(carried)  # type: ignore[assignment]
    token = _app().authorize_access_token(request)
    return dict(token["userinfo"])


def cookie_take(response: HttpResponse) -> None:
    response.delete_cookie(_COOKIE, path=_PATH, samesite="Lax")


def _app() -> DjangoOAuth2App:
    return _client(
        settings.OPENID_ISSUER,
        settings.OPENID_CLIENT_ID,
        settings.OPENID_CLIENT_SECRET,
        settings.OPENID_ACR_VALUES,
    )
