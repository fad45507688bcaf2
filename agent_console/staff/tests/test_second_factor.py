"""The second factor: nothing opens before it, and every code opens once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django_otp.oath import totp
from pytest_django import Settings

from agent_console.staff import second_factor, sessions
from agent_console.staff.models import Authenticator

PASSWORD = "Un mot de passe 42"
CODE_PAGE = "/console/second-factor/"


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "required"


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operatrice", "reports.view_report")


def give_password(browser: Client, username: str = "operatrice", door: str = "/console/") -> str:
    asked = {"username": username, "password": PASSWORD, "next": "/console/?state=received"}
    return str(browser.post(f"{door}login/", asked).headers["Location"])


def code_of(user: User, *, later: int = 0) -> str:
    """What the authenticator shows, or will show ``later`` half minutes from now."""
    device = Authenticator.objects.get(user=user)
    return f"{totp(device.bin_key, drift=device.drift + later):06}"


def enrol(browser: Client, user: User) -> list[str]:
    give_password(browser, user.username)
    browser.get(f"{CODE_PAGE}enrol/")
    page = browser.post(f"{CODE_PAGE}enrol/", {"code": code_of(user)}).text
    return re.findall(r"<li><code>(\w+)</code></li>", page)


def is_in(browser: Client) -> bool:
    return browser.get("/console/").status_code == 200


def test_the_first_sign_in_enrols_and_leads_where_one_was_going(
    client: Client, operator: User
) -> None:
    assert give_password(client) == CODE_PAGE
    assert not is_in(client)
    assert client.get(CODE_PAGE).headers["Location"] == f"{CODE_PAGE}enrol/"
    page = client.get(f"{CODE_PAGE}enrol/").text
    secret = re.search(r'data-testid="secret">([A-Z2-7 ]+)<', page)
    assert secret is not None
    assert secret[1] == second_factor.typed_secret(Authenticator.objects.get())
    wrong = client.post(f"{CODE_PAGE}enrol/", {"code": "abc"})
    assert (wrong.status_code, is_in(client)) == (422, False)
    Authenticator.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    done = client.post(f"{CODE_PAGE}enrol/", {"code": code_of(operator)})
    assert len(re.findall(r"<li><code>\w{8}</code></li>", done.text)) == 10
    assert 'href="/console/?state=received"' in done.text
    assert is_in(client)


def test_a_code_opens_once(client: Client, operator: User) -> None:
    enrol(client, operator)
    following = code_of(operator, later=1)
    one, other = Client(), Client()
    for browser in (one, other):
        assert give_password(browser) == CODE_PAGE
    assert one.post(CODE_PAGE, {"code": following}).headers["Location"].startswith("/console/")
    refused = other.post(CODE_PAGE, {"code": following})
    assert "il a déjà servi" in refused.text
    assert (is_in(one), is_in(other)) == (True, False)


def test_a_recovery_code_opens_once_however_it_is_typed(client: Client, operator: User) -> None:
    spare = enrol(client, operator)[0]
    typed = f" {spare[:4].upper()} {spare[4:]}"
    one, other = Client(), Client()
    for browser in (one, other):
        give_password(browser)
        browser.post(CODE_PAGE, {"code": typed})
    assert (is_in(one), is_in(other)) == (True, False)
    assert second_factor.recovery_codes_left(operator) == 9


def test_trying_codes_becomes_slow_and_says_how_long(client: Client, operator: User) -> None:
    enrol(client, operator)
    thief = Client()
    give_password(thief)
    for _ in range(3):  # a wait of one second follows the first, refused tries do not count
        answer = thief.post(CODE_PAGE, {"code": "000000"})
    assert re.search(r"Réessayez dans \d+ secondes?\.", answer.text)
    thief.post(CODE_PAGE, {"code": code_of(operator, later=1)})
    assert not is_in(thief)


@pytest.mark.parametrize("change", ["password", "left", "time"])
def test_who_waits_too_long_or_left_starts_again(
    client: Client, operator: User, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(client, operator)
    late = Client()
    give_password(late)
    if change == "password":
        operator.set_password("Un autre mot de passe 43")
    elif change == "left":
        operator.is_active = False
    else:
        monkeypatch.setattr(sessions, "PENDING_S", -1)
    operator.save()
    answer = late.post(CODE_PAGE, {"code": code_of(operator, later=1)})
    assert answer.headers["Location"] == "/console/login/"
    assert not is_in(late)


def test_a_till_needs_none_and_an_agent_finds_no_way_around_by_it(
    client: Client, operator: User, make_user: Callable[..., User]
) -> None:
    make_user("caissier", "partners.capture_voucher")
    assert give_password(client, "caissier", "/partners/") == "/console/?state=received"
    assert "_auth_user_id" in client.session
    agent = Client()
    assert give_password(agent, door="/partners/") == CODE_PAGE
    assert not is_in(agent)


def test_a_cashier_who_becomes_an_operator_signs_in_again(
    client: Client, make_user: Callable[..., User]
) -> None:
    cashier = make_user("caissier", "partners.capture_voucher")
    give_password(client, "caissier", "/partners/")
    group = Group.objects.create(name="Nouveaux")
    group.permissions.add(Permission.objects.get(codename="view_report"))
    cashier.groups.add(group)
    assert not is_in(client)
    assert give_password(client, "caissier", "/partners/") == CODE_PAGE


def test_where_it_is_offered_who_took_it_is_asked(
    client: Client, operator: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "offered"
    assert give_password(client) == "/console/?state=received"
    client.get(f"{CODE_PAGE}enrol/")
    client.post(f"{CODE_PAGE}enrol/", {"code": code_of(operator)})
    other = Client()
    assert give_password(other) == CODE_PAGE
    assert not is_in(other)


def test_fresh_recovery_codes_replace_the_former(client: Client, operator: User) -> None:
    spare = enrol(client, operator)
    page = client.post(f"{CODE_PAGE}mine/", {"code": spare[0]}).text
    fresh = re.findall(r"<li><code>(\w+)</code></li>", page)
    assert len(fresh) == 10
    assert not set(fresh) & set(spare)
    other = Client()
    give_password(other)
    other.post(CODE_PAGE, {"code": spare[1]})
    assert not is_in(other)
