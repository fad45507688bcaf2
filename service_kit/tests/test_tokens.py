"""Service tokens fail closed."""

import pytest
from django.test import RequestFactory

from service_kit.problems import Problem
from service_kit.tokens import ServiceToken, ServiceTokenAuth, require_scope

SECRET = "a" * 40


def _token(scopes: frozenset[str] = frozenset({"reports:write"})) -> ServiceToken:
    return ServiceToken(name="actions", secret=SECRET, scopes=scopes)


@pytest.mark.parametrize("secret", ["", "short", "a" * 31])
def test_a_missing_or_short_secret_stops_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="shorter than 32"):
        ServiceToken(name="actions", secret=secret, scopes=frozenset())


def test_no_token_at_all_stops_the_start() -> None:
    with pytest.raises(ValueError, match="no service token"):
        ServiceTokenAuth([])


@pytest.mark.parametrize("sent", ["", "a", "a" * 39, "a" * 41, "é" * 40])
def test_another_secret_is_nobody(sent: str) -> None:
    request = RequestFactory().get("/")
    assert ServiceTokenAuth([_token()]).authenticate(request, sent) is None


def test_the_secret_names_its_caller_and_never_shows() -> None:
    request = RequestFactory().get("/")
    assert ServiceTokenAuth([_token()]).authenticate(request, SECRET) == _token()
    assert SECRET not in repr(_token())


def test_a_missing_scope_is_refused() -> None:
    request = RequestFactory().get("/")
    request.auth = _token()  # type: ignore[attr-defined]
    assert require_scope(request, "reports:write").name == "actions"
    with pytest.raises(Problem) as refused:
        require_scope(request, "wallets:write")
    assert (refused.value.status, refused.value.code) == (403, "scope_missing")
