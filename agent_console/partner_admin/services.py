"""Writes about cashiers' accounts: the account, its initial password, its place at a till."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction

from agent_console.partners.models import Cashier
from agent_console.partners.services import cashier_create, cashier_set_active
from agent_console.staff.initial_passwords import initial_password_note, password_draw

from .models import AccountMade

_CAPTURE = ("partners", "capture_voucher")


class UsernameTaken(Exception):
    """Another account has this name."""

    message = "Cet identifiant est déjà pris. Choisissez-en un autre."


class NotACashier(Exception):
    """The account does more than stand at a till, so a supervisor can't reset its password."""

    message = "Ce compte a d’autres droits : son mot de passe se change avec l’administrateur."


@dataclass(frozen=True)
class AccountOpened:
    """``password`` is shown once; it is ``None`` when the same form had made the account before."""

    cashier: Cashier
    password: str | None


@transaction.atomic
def cashier_account_open(
    *,
    key: uuid.UUID,
    username: str,
    first_name: str,
    last_name: str,
    partner_id: uuid.UUID,
    site: str,
    by: User,
) -> AccountOpened:
    """Make an account with an initial password and put it at the partner's till.

    One transaction makes account, right, till and ``key``'s row: a crash leaves all or nothing,
    and the same form sent again finds the row.  Raises ``UsernameTaken``.
    """
    # Two requests with one key, or one name, go one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    made = AccountMade.objects.select_related("user__cashier").filter(key=key).first()
    if made is not None:
        return AccountOpened(cashier=made.user.cashier, password=None)
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken
    password = password_draw()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, password=password, first_name=first_name, last_name=last_name
            )
    except IntegrityError as exc:  # two supervisors at the same moment
        raise UsernameTaken from exc
    app, codename = _CAPTURE
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label=app, codename=codename)
    )
    initial_password_note(user=user, by=by)
    cashier = cashier_create(user=user, partner_id=partner_id, site=site, resident=None, by=by)
    AccountMade.objects.create(key=key, user=user, by=by)
    return AccountOpened(cashier=cashier, password=password)


@transaction.atomic
def initial_password_renew(*, cashier: Cashier, by: User) -> str:
    """Give a cashier a new initial password; open sessions end.  Raises ``NotACashier``.

    Only for accounts that were made here: a supervisor must not be able to take over a colleague.
    """
    user = User.objects.select_for_update().get(pk=cashier.user_id)
    if not was_made_here(user):
        raise NotACashier
    password = password_draw()
    user.set_password(password)  # Django drops every session that was opened with the old one
    user.save(update_fields=["password"])
    initial_password_note(user=user, by=by)
    return password


def cashier_switch(*, cashier: Cashier, active: bool, by: User) -> Cashier:
    """Open or close the till to a cashier; repeating changes nothing."""
    return cashier_set_active(cashier=cashier, active=active, by=by)


def was_made_here(user: User) -> bool:
    """A cashier's account that was given no other right since."""
    return (
        AccountMade.objects.filter(user=user).exists()
        and not (user.is_staff or user.is_superuser or user.groups.exists())
        and user.user_permissions.count() <= 1
    )
