"""Writes about colleagues' accounts.  Each function is one transaction with its line of history.

Nobody opens, changes or closes an account that may do more than their own, nor their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError, transaction
from django.db.models import Q

from .errors import AccessError
from .initial_passwords import initial_password_note, password_draw
from .models import AccountChange, Act, AuditEntry, InitialPassword
from .second_factor import is_enrolled


class UsernameTaken(AccessError):
    def __init__(self) -> None:
        super().__init__("username_taken", "Cet identifiant est déjà pris. Choisissez-en un autre.")


class OutOfReach(AccessError):
    def __init__(self) -> None:
        super().__init__(
            "out_of_reach",
            "Ce compte est le vôtre, ou a des droits que le vôtre n’a pas : un autre superviseur,"
            " ou l’administrateur, s’en occupe.",
        )


class ChangedMeanwhile(AccessError):
    def __init__(self) -> None:
        super().__init__(
            "changed_meanwhile",
            "Un collègue a changé ce compte pendant que vous l’aviez sous les yeux : relisez-le,"
            " puis recommencez. Rien n’a été changé.",
        )


class TwoPeople(AccessError):
    def __init__(self) -> None:
        super().__init__(
            "two_people",
            "Mot de passe et second facteur d’un même compte ne sont pas remis par la même"
            " personne : demandez à un autre superviseur.",
        )


def snapshot(user: User) -> dict[str, Any]:
    """What an account is and may do, as the history keeps it."""
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "is_active": user.is_active,
    }


def seen_tag(user: User) -> str:
    """What an editor had before their eyes."""
    return hashlib.sha256(json.dumps(snapshot(user)).encode()).hexdigest()[:16]


def groups_to_give(*, actor: User) -> list[Group]:
    """The groups that bring nothing which ``actor`` may not do."""
    own = actor.get_all_permissions()
    found = Group.objects.prefetch_related("permissions__content_type").order_by("name")
    return [
        group
        for group in found
        if (rights := {_code(one) for one in group.permissions.all()}) and rights <= own
    ]


def is_in_reach(*, user: User, actor: User) -> bool:
    """Whether ``actor`` may change the account.  A closed one is judged by what it could do."""
    if user.pk == actor.pk or (user.is_superuser and not actor.is_superuser):
        return False
    held = Permission.objects.filter(Q(user=user) | Q(group__user=user)).select_related(
        "content_type"
    )
    return {_code(one) for one in held} <= actor.get_all_permissions()


@transaction.atomic
def account_open(
    *, username: str, first_name: str, last_name: str, groups: Sequence[Group], actor: User
) -> tuple[User, str]:
    """The account, and the initial password that its owner replaces at the first sign-in.

    The password is kept nowhere: after a lost answer the account is there and gets another one.
    Raises ``UsernameTaken``, ``OutOfReach``.
    """
    _check_groups(groups, actor)
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken
    password = password_draw()
    try:
        with transaction.atomic():  # two supervisors at the same moment
            user = User.objects.create_user(
                username, password=password, first_name=first_name, last_name=last_name
            )
    except IntegrityError as error:
        raise UsernameTaken from error
    user.groups.set(groups)
    initial_password_note(user=user, by=actor)
    _record(user, None, actor)
    return user, password


@transaction.atomic
def account_change(
    *,
    user_id: int,
    first_name: str,
    last_name: str,
    groups: Sequence[Group],
    seen: str,
    actor: User,
) -> User:
    """Another name or other groups.  Raises ``OutOfReach``, ``ChangedMeanwhile``."""
    user = _locked(user_id, actor)
    if seen_tag(user) != seen:
        raise ChangedMeanwhile
    _check_groups(groups, actor)
    before = snapshot(user)
    user.first_name, user.last_name = first_name, last_name
    user.save(update_fields=["first_name", "last_name"])
    user.groups.set(groups)
    _record(user, before, actor)
    return user


@transaction.atomic
def account_set_active(*, user_id: int, is_active: bool, actor: User) -> User:
    """Close an account, or open it again; asking twice leaves one line of history.

    Its sessions end at their next request, and what it held goes back to the queue within a minute.
    Raises ``OutOfReach``.
    """
    user = _locked(user_id, actor)
    before = snapshot(user)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    _record(user, before, actor)
    return user


@transaction.atomic
def initial_password_give(*, user_id: int, actor: User) -> tuple[User, str]:
    """A new initial password, for who forgot theirs; open sessions end.  Raises ``OutOfReach``.

    The second factor stays: the password alone opens nothing, and who has just forgotten that
    factor may not hand out the password too (``TwoPeople``), nor the other way round
    (``may_reset_factor``): a colleague's account is not taken over by one person.
    """
    user = _locked(user_id, actor)
    resets = AuditEntry.objects.filter(actor=actor, act=Act.FACTOR_RESET, colleague=user)
    if resets.exists() and not is_enrolled(user):
        raise TwoPeople
    password = password_draw()
    user.set_password(password)
    user.save(update_fields=["password"])
    initial_password_note(user=user, by=actor)
    now = snapshot(user)
    AccountChange.objects.create(
        user=user, actor=actor, before=now, after=now | {"password": "initial"}
    )
    return user, password


def may_reset_factor(*, user: User, actor: User) -> bool:
    """False for who handed out the password that the account still has."""
    return not InitialPassword.objects.filter(user=user, issued_by=actor).exists()


def _locked(user_id: int, actor: User) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    if not is_in_reach(user=user, actor=actor):
        raise OutOfReach
    return user


def _check_groups(groups: Collection[Group], actor: User) -> None:
    if not {group.pk for group in groups} <= {group.pk for group in groups_to_give(actor=actor)}:
        raise OutOfReach


def _record(user: User, before: dict[str, Any] | None, actor: User) -> None:
    after = snapshot(user)
    if after != before:
        AccountChange.objects.create(user=user, actor=actor, before=before, after=after)


def _code(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
