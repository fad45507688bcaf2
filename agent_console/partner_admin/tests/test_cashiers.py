"""Cashiers' accounts and the password that is shown once."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.test import Client

from agent_console.partner_admin import services
from agent_console.partner_admin.models import AccountMade
from agent_console.partners.models import Cashier
from agent_console.staff.initial_passwords import password_draw
from agent_console.staff.models import InitialPassword

from .conftest import hidden
from .fake_wallet import FakeWallet

pytestmark = pytest.mark.django_db
CHOSEN = "quatre mots sans rapport"


def _path(partner: dict[str, Any]) -> str:
    return f"/console/partners/{partner['id']}/cashiers/new/"


def _form(console: Client, partner: dict[str, Any], **values: str) -> dict[str, str]:
    filled = {
        "key": hidden(console.get(_path(partner)).text, "key"),
        "first_name": "Paule",
        "last_name": "Martin",
        "username": "P.Martin",
        "site": "Accueil",
    }
    return filled | values


def _password(html: str) -> str:
    match = re.search(r'data-testid="initial-password">([^<]+)<', html)
    assert match
    return match[1]


@pytest.fixture
def made(console: Client, partner: dict[str, Any]) -> tuple[Cashier, str]:
    """A cashier with their initial password."""
    response = console.post(_path(partner), _form(console, partner))
    return Cashier.objects.get(), _password(response.text)


def test_an_account_is_made_and_its_password_shown_once(
    console: Client, partner: dict[str, Any], supervisor: User
) -> None:
    form = _form(console, partner)
    response = console.post(_path(partner), form)
    password = _password(response.text)
    assert "no-store" in response.headers["Cache-Control"]
    cashier = Cashier.objects.get()
    assert str(cashier.partner_id) == partner["id"]
    assert cashier.user.get_username() == "p.martin"
    assert cashier.user.check_password(password)
    assert cashier.user.has_perm("partners.capture_voucher")
    assert cashier.changes.get().by == supervisor
    again = console.post(_path(partner), form, follow=True)
    assert "n’est montré qu’une fois" in again.text
    assert password not in again.text
    assert Cashier.objects.count() == 1


def test_the_password_is_nowhere_in_the_database(made: tuple[Cashier, str]) -> None:
    _, password = made
    with connection.cursor() as cursor:
        for table in (User, InitialPassword, AccountMade):
            cursor.execute(f"SELECT t::text FROM {table._meta.db_table} t")  # noqa: S608
            assert not any(password in row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("username", "message"),
    [
        ("superviseuse", "déjà pris"),
        ("SUPERVISEUSE", "déjà pris"),
        ("paule martin", "sans espace"),
        ("", "obligatoire"),
    ],
)
def test_a_user_name_is_explained_at_its_field(
    console: Client, partner: dict[str, Any], username: str, message: str
) -> None:
    response = console.post(_path(partner), _form(console, partner, username=username))
    assert response.status_code == 422
    assert message in response.text
    assert not Cashier.objects.exists()


def test_nobody_is_put_at_the_till_of_an_unknown_partner(console: Client) -> None:
    path = f"/console/partners/{uuid.uuid4()}/cashiers/new/"
    assert console.post(path, {"key": str(uuid.uuid4())}).status_code == 404


def test_what_was_typed_stays_while_the_wallet_is_away(
    console: Client, partner: dict[str, Any], wallet: FakeWallet
) -> None:
    form = _form(console, partner)
    wallet.is_away = True
    response = console.post(_path(partner), form)
    assert response.status_code == 503
    assert 'value="Martin"' in response.text
    assert not Cashier.objects.exists()


def test_an_initial_password_opens_only_the_page_that_replaces_it(
    made: tuple[Cashier, str],
) -> None:
    cashier, password = made
    till = Client()
    assert till.login(request=HttpRequest(), username="p.martin", password=password)
    for path in ("/partners/", "/console/", "/partners/day/"):
        assert till.get(path).headers["Location"] == "/console/password/"
    page = till.get("/console/password/")
    assert page.status_code == 200
    response = till.post("/console/password/", {"new_password1": CHOSEN, "new_password2": CHOSEN})
    assert response.headers["Location"] == "/partners/"
    assert till.get("/partners/").status_code == 200
    assert not InitialPassword.objects.exists()
    cashier.user.refresh_from_db()
    assert cashier.user.check_password(CHOSEN)
    assert Client().login(request=HttpRequest(), username="p.martin", password=CHOSEN)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("court", "court", "12 caractères"),
        (CHOSEN, f"{CHOSEN}!", "ne sont pas les mêmes"),
        ("", "", "Écrivez votre nouveau mot de passe."),
    ],
)
def test_a_password_that_will_not_do_is_explained(
    made: tuple[Cashier, str], first: str, second: str, message: str
) -> None:
    till = Client()
    assert till.login(request=HttpRequest(), username="p.martin", password=made[1])
    response = till.post("/console/password/", {"new_password1": first, "new_password2": second})
    assert response.status_code == 422
    assert message in response.text
    assert InitialPassword.objects.exists()


def test_the_page_changes_nobody_else_s_password(console: Client) -> None:
    response = console.post("/console/password/", {"new_password1": CHOSEN})
    assert response.headers["Location"] == "/console/"


def test_signing_out_is_always_open(made: tuple[Cashier, str]) -> None:
    till = Client()
    assert till.login(request=HttpRequest(), username="p.martin", password=made[1])
    assert till.post("/partners/logout/").headers["Location"] != "/console/password/"
    assert "_auth_user_id" not in till.session


def test_a_new_initial_password_ends_the_old_one_and_its_sessions(
    console: Client, made: tuple[Cashier, str]
) -> None:
    cashier, old = made
    till = Client()
    assert till.login(request=HttpRequest(), username="p.martin", password=old)
    response = console.post(f"/console/partners/cashiers/{cashier.pk}/password/")
    new = _password(response.text)
    assert new != old
    assert not Client().login(request=HttpRequest(), username="p.martin", password=old)
    assert Client().login(request=HttpRequest(), username="p.martin", password=new)
    assert till.get("/console/password/").headers["Location"].startswith("/console/login/")


def test_a_colleague_s_password_is_out_of_reach(
    console: Client,
    partner: dict[str, Any],
    supervisor: User,
    make_user: Callable[..., User],
) -> None:
    colleague = make_user("collegue", "reports.view_report")
    cashier = Cashier.objects.create(user=colleague, partner_id=partner["id"], site="Accueil")
    page = console.get(f"/console/partners/cashiers/{cashier.pk}/").text
    assert "se change avec l’administrateur" in page
    with pytest.raises(services.NotACashier):
        services.initial_password_renew(cashier=cashier, by=supervisor)
    console.post(f"/console/partners/cashiers/{cashier.pk}/password/")
    colleague.refresh_from_db()
    assert colleague.check_password("Un mot de passe 42")


def test_a_cashier_who_was_given_more_rights_is_out_of_reach(
    console: Client, made: tuple[Cashier, str], supervisor: User
) -> None:
    cashier, _ = made
    cashier.user.user_permissions.add(*supervisor.user_permissions.all())
    with pytest.raises(services.NotACashier):
        services.initial_password_renew(cashier=cashier, by=supervisor)


def test_a_till_is_closed_and_opened_again_with_a_history(
    console: Client, made: tuple[Cashier, str]
) -> None:
    cashier, _ = made
    for _ in range(2):
        page = console.post(f"/console/partners/cashiers/{cashier.pk}/disable/", follow=True).text
        assert "ne peut plus valider de bons" in page
    console.post(f"/console/partners/cashiers/{cashier.pk}/enable/")
    kinds = list(cashier.changes.values_list("kind", flat=True))
    assert kinds == ["created", "disabled", "enabled"]


def test_a_cashier_moves_to_another_site(console: Client, made: tuple[Cashier, str]) -> None:
    cashier, _ = made
    path = f"/console/partners/cashiers/{cashier.pk}/"
    form = {"key": hidden(console.get(path).text, "key"), "site": "Piscine Pointe-Rouge"}
    assert console.post(path, form).status_code == 302
    assert "Piscine Pointe-Rouge" in console.get(path).text
    assert console.post(path, form | {"site": ""}).status_code == 422


def test_an_unknown_cashier_is_not_found(console: Client) -> None:
    assert console.get(f"/console/partners/cashiers/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("statement", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_which_form_made_an_account_can_t_be_rewritten(
    made: tuple[Cashier, str], statement: str
) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(AccountMade._meta.db_table))


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_at_once_from_two_windows_makes_one_account(
    make_user: Callable[..., User],
) -> None:
    supervisor = make_user("superviseuse")
    key, partner_id = uuid.uuid4(), uuid.uuid4()
    opened: list[services.AccountOpened] = []
    ready = threading.Barrier(2)

    def open_account() -> None:
        try:
            ready.wait()
            opened.append(
                services.cashier_account_open(
                    key=key,
                    username="p.martin",
                    first_name="Paule",
                    last_name="Martin",
                    partner_id=partner_id,
                    site="Accueil",
                    by=supervisor,
                )
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=open_account) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.password is None for one in opened) == [False, True]
    assert Cashier.objects.count() == 1


def test_initial_passwords_are_long_and_never_the_same() -> None:
    drawn = {password_draw() for _ in range(200)}
    assert len(drawn) == 200
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", one) for one in drawn)
