"""Signing in by a real OpenID provider: its own process, HTTP, keys."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection
from pytest_django import Settings

from agent_console.citizens.models import Resident
from agent_console.citizens.tests.conftest import Phones
from agent_console.identity.models import OpenIdSubject, PortalSession

from .conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_provider(provider: str, settings: Settings) -> Iterator[httpx.Client]:
    """Somebody's browser at the provider, which the portal trusts."""
    settings.OPENID_ISSUER = provider
    settings.OPENID_CLIENT_ID = "residents"
    settings.OPENID_CLIENT_SECRET = "secret-of-the-tests-0123456789abcdef"
    with httpx.Client(base_url=provider) as client:
        yield client


def answered(browser: Browser, at_provider: httpx.Client, sub: str, acr: str = "eidas1") -> str:
    """The address that the provider sends the browser back to."""
    at_provider.post(f"/as/{sub}/{acr}")
    address = browser.get("/mon-espace/openid/")["Location"]
    while address.startswith(("/", str(at_provider.base_url))):
        answer = at_provider.get(address)
        assert answer.is_redirect, answer.text
        address = answer.headers["location"]
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_the_same_subject_is_the_same_resident_and_nothing_else_is_kept(
    at_provider: httpx.Client,
) -> None:
    for _ in range(2):
        browser = Browser()
        at_provider.cookies.clear()
        answer = browser.get(answered(browser, at_provider, "sub-1"))
        assert answer["Location"] == "/mon-espace/"
        assert browser.get("/mon-espace/").status_code == 200
    assert Resident.objects.count() == 1
    assert PortalSession.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_openidsubject::text FROM identity_openidsubject")
        kept = str(cursor.fetchall())
    assert "sub-1" not in kept
    assert "Angela" not in kept
    at_provider.cookies.clear()
    other = Browser()
    other.get(answered(other, at_provider, "sub-2"))
    assert Resident.objects.count() == 2


def test_who_is_signed_in_links_it_and_nobody_takes_it_over(
    at_provider: httpx.Client, phones: Phones
) -> None:
    browser = Browser()
    browser.sign_in("06 12 34 56 78", phones)
    browser.get(answered(browser, at_provider, "sub-3"))
    resident = PortalSession.objects.get().resident
    assert OpenIdSubject.objects.get().resident == resident

    other = Browser(REMOTE_ADDR="192.0.2.1")
    other.sign_in("06 98 76 54 32", phones)
    assert other.get(answered(other, at_provider, "sub-3")).status_code == 409
    assert OpenIdSubject.objects.get().resident == resident


def test_an_answer_for_another_browser_is_refused(at_provider: httpx.Client) -> None:
    address = answered(Browser(), at_provider, "sub-4")
    victim = Browser()
    assert victim.get(address).status_code == 400
    victim.get("/mon-espace/openid/")  # with a state of its own
    assert victim.get(address).status_code == 400
    assert not PortalSession.objects.exists()


def test_an_answer_works_once(at_provider: httpx.Client) -> None:
    browser = Browser()
    address = answered(browser, at_provider, "sub-5")
    cookie = browser.cookies["mdmp_openid"].value
    assert browser.get(address).status_code == 302
    again = Browser()
    again.cookies["mdmp_openid"] = cookie
    assert again.get(address).status_code == 400


def test_less_sure_than_asked_for_is_refused(at_provider: httpx.Client, settings: Settings) -> None:
    settings.OPENID_ACR_VALUES = "eidas2"
    browser = Browser()
    at_provider.cookies.clear()
    assert browser.get(answered(browser, at_provider, "sub-6", "eidas1")).status_code == 400


def test_a_refusal_and_a_provider_that_is_away_are_told(
    at_provider: httpx.Client, settings: Settings
) -> None:
    browser = Browser()
    refused = browser.get("/mon-espace/openid/retour/?error=access_denied&state=x")
    assert refused.status_code == 400
    assert "numéro de téléphone" in refused.content.decode()
    settings.OPENID_ISSUER = "http://127.0.0.1:9"
    assert browser.get("/mon-espace/openid/").status_code == 400


def test_without_a_provider_there_is_no_such_way(settings: Settings, db: None) -> None:
    settings.OPENID_ISSUER = ""
    browser = Browser()
    assert browser.get("/mon-espace/openid/")["Location"] == "/mon-espace/connexion/"
    assert "openid" not in browser.get("/mon-espace/connexion/").content.decode()
