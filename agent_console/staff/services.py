"""Writes about members of staff."""

import uuid
from collections.abc import Sequence

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction

from .models import RoleGrant, StaffActor


def actor_of(*, user: User) -> uuid.UUID:
    """The account's number in the wallet's books, drawn at random on first need.

    It is committed before the wallet hears of it (``get_or_create`` is a transaction of its own
    unless the caller holds one), and two requests at once get the same number.
    """
    actor, _ = StaffActor.objects.get_or_create(user=user)
    return actor.actor_id


@transaction.atomic
def role_grant(*, name: str, codes: Sequence[str]) -> int:
    """Give a group the permissions (``app.codename``) that it was never given; returns how many.

    A group that is there gets what came with a newer version, and what an administrator took away
    since stays away: ONE transaction holds the permissions and the record that they were given.
    Raises ``Permission.DoesNotExist`` when a code is nobody's.
    """
    group, _ = Group.objects.get_or_create(name=name)
    known = set(RoleGrant.objects.filter(group=group).values_list("permission_id", flat=True))
    new = [one for one in map(_permission, codes) if one.id not in known]
    group.permissions.add(*new)
    RoleGrant.objects.bulk_create([RoleGrant(group=group, permission=one) for one in new])
    return len(new)


def _permission(code: str) -> Permission:
    app, codename = code.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
