"""The second factor at rest: what the database holds gives no code."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable
from importlib import import_module

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from agent_console.sealing import SealBroken, seal, unseal
from agent_console.staff import second_factor
from agent_console.staff.models import SEALED, Authenticator

from .test_second_factor import CODE_PAGE, code_of, enrol, give_password, is_in

TABLES = ("otp_totp_totpdevice", "staff_authenticator", "otp_static_statictoken")
NEW_KEY = "n" * 32


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "required"


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operatrice", "reports.view_report")


def everything_stored() -> str:
    """All that a copy of the database tells, byte columns as text and as hexadecimal."""
    with connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of ours
            found += [value for row in cursor.fetchall() for value in row]
    values = [bytes(one) if isinstance(one, memoryview) else one for one in found]
    return "\n".join(
        f"{one.decode('latin-1')} {one.hex()}" if isinstance(one, bytes) else str(one)
        for one in values
    ).lower()


def signs_in(code: str) -> bool:
    """With the password and this code, in a browser of its own."""
    browser = Client()
    give_password(browser)
    browser.post(CODE_PAGE, {"code": code})
    return is_in(browser)


def test_no_row_holds_what_opens(client: Client, operator: User) -> None:
    codes = enrol(client, operator)
    assert len(codes) == second_factor.RECOVERY_CODES
    device = Authenticator.objects.get()
    spelled = second_factor.typed_secret(device).replace(" ", "")
    assert len(b32decode(spelled)) == 20
    stored = everything_stored()
    assert SEALED in stored  # what is looked through is what is stored
    secrets = [device.bin_key.hex(), device.bin_key.decode("latin-1"), spelled, *codes]
    assert [one for one in secrets if one.lower() in stored] == []
    assert TOTPDevice.objects.get().key == SEALED


def test_a_code_computed_from_what_is_stored_opens_nothing(client: Client, operator: User) -> None:
    enrol(client, operator)
    device = Authenticator.objects.get()
    for guess in (b"", SEALED.encode(), bytes(device.secret_sealed)):
        Authenticator.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
        assert not signs_in(f"{totp(guess, drift=device.drift + 1):06}")
    token = StaticToken.objects.first()
    assert token is not None
    assert not signs_in(token.token)


def test_a_new_key_seals_and_the_former_still_opens(
    client: Client, operator: User, settings: Settings
) -> None:
    enrol(client, operator)
    following = code_of(operator, later=1)
    settings.ADDRESS_KEYS = [NEW_KEY, *settings.ADDRESS_KEYS]
    assert signs_in(following)

    sealed = seal(b"secret")
    settings.ADDRESS_KEYS = [NEW_KEY]
    assert unseal(sealed) == b"secret"
    with pytest.raises(SealBroken):
        unseal(bytes(Authenticator.objects.get().secret_sealed))


def test_without_its_key_a_recovery_code_still_opens_and_the_page_says_so(
    client: Client, operator: User, settings: Settings
) -> None:
    spare = enrol(client, operator)[0]
    following = code_of(operator, later=1)
    settings.ADDRESS_KEYS = [NEW_KEY]
    late = Client()
    give_password(late)
    answer = late.post(CODE_PAGE, {"code": following})
    assert answer.status_code == 422
    assert "ne peut plus être vérifiée" in answer.text
    assert not is_in(late)
    assert late.post(CODE_PAGE, {"code": spare}).status_code == 302
    assert is_in(late)


def test_an_enrolment_that_lost_its_key_begins_again(operator: User, settings: Settings) -> None:
    waiting = second_factor.enrolment_open(user=operator)
    assert second_factor.enrolment_open(user=operator) == waiting
    settings.ADDRESS_KEYS = [NEW_KEY]
    fresh = second_factor.enrolment_open(user=operator)
    assert fresh != waiting
    assert len(fresh.bin_key) == 20
    assert TOTPDevice.objects.count() == 1


def test_what_stood_in_clear_is_sealed_and_works_on(operator: User) -> None:
    name = "0010_seal_factors"
    migration = import_module(f"agent_console.staff.migrations.{name}")
    at_that_time = MigrationExecutor(connection).loader.project_state(("staff", name))
    former = TOTPDevice.objects.create(user=operator, name="Téléphone", confirmed=True)
    secret = former.key
    holder = StaticDevice.objects.create(user=operator, name="Codes de secours")
    codes = [StaticToken.random_token() for _ in range(2)]
    StaticToken.objects.bulk_create(StaticToken(device=holder, token=code) for code in codes)

    migration.forward(at_that_time.apps, None)

    assert not any(one in everything_stored() for one in (secret, *codes))
    sealed = Authenticator.objects.get()
    assert (sealed.pk, sealed.bin_key.hex(), sealed.name) == (former.pk, secret, "Téléphone")
    assert signs_in(f"{totp(bytes.fromhex(secret)):06}")
    assert signs_in(codes[0])
    assert not signs_in(codes[0])

    migration.backward(at_that_time.apps, None)
    former.refresh_from_db()
    assert former.key == secret


def test_forgetting_a_phone_leaves_neither_row(client: Client, operator: User) -> None:
    enrol(client, operator)
    second_factor.factor_remove(user=operator)
    assert not TOTPDevice.objects.exists()
    assert not Authenticator.objects.exists()
    assert not StaticToken.objects.exists()
