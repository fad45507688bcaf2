"""What supervisors set of the routing.  Each function is one transaction with its history."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from ..announce import announce_console
from ..desk.models import Team
from ..errors import ConversationError, PermissionMissing
from .models import (
    LOCALES,
    WRITTEN_CHANNELS,
    AssignmentRules,
    ChangeKind,
    RoutingChange,
    Skillset,
)
from .rules import assign_soon

MANAGE = "conversations.manage_desk"


class ChangedMeanwhile(ConversationError):
    """A colleague changed it since it was shown."""

    code = "changed_meanwhile"


@transaction.atomic
def skills_save(
    *,
    user: User,
    actor: User,
    seen: int,
    capacity: int,
    locales: Iterable[str],
    channels: Iterable[str],
    teams: Iterable[Team],
) -> Skillset:
    """What ``user`` can be offered from now on.

    ``seen``: the newest change that was shown, 0 for none.
    Raises ``PermissionMissing``, ``ChangedMeanwhile``.
    """
    _needs(actor)
    Skillset.objects.get_or_create(user=user)
    skills = Skillset.objects.select_for_update().get(user=user)
    _check_seen(ChangeKind.AGENT, str(user.pk), seen)
    before = _skills_said(skills, user)
    skills.capacity, skills.locales, skills.channels = capacity, list(locales), list(channels)
    skills.save()
    user.desk_teams.set(teams)
    _record(ChangeKind.AGENT, str(user.pk), _name(user), before, _skills_said(skills, user), actor)
    return skills


@transaction.atomic
def team_save(*, team: Team, members: Iterable[User], actor: User) -> Team:
    """Keep a team with exactly these members.  Raises ``PermissionMissing``."""
    _needs(actor)
    known = Team.objects.select_for_update().filter(pk=team.pk).first()
    before = {} if known is None else _team_said(known)
    team.save()
    team.members.set(members)
    _record(ChangeKind.TEAM, str(team.pk), team.name, before, _team_said(team), actor)
    return team


@transaction.atomic
def rules_save(
    *,
    actor: User,
    seen: int,
    is_automatic: bool,
    answer_within_min: int,
    told_after_min: int,
) -> AssignmentRules:
    """The rules from now on.  Raises ``PermissionMissing``, ``ChangedMeanwhile``.

    Switched off, what is offered is taken back by the job that this wakes.
    """
    _needs(actor)
    AssignmentRules.objects.get_or_create(pk=1)
    found = AssignmentRules.objects.select_for_update().get(pk=1)
    _check_seen(ChangeKind.RULES, "1", seen)
    before, was_automatic = _rules_said(found), found.is_automatic
    if was_automatic and not is_automatic:
        assign_soon()
    found.is_automatic = is_automatic
    found.answer_within_min, found.told_after_min = answer_within_min, told_after_min
    found.save()
    if is_automatic and not was_automatic:
        assign_soon()
    _record(ChangeKind.RULES, "1", "Attribution", before, _rules_said(found), actor)
    return found


def _needs(actor: User) -> None:
    if not actor.has_perm(MANAGE):
        raise PermissionMissing


def _check_seen(kind: ChangeKind, key: str, seen: int) -> None:
    newest = RoutingChange.objects.filter(kind=kind, key=key).values_list("pk", flat=True).first()
    if (newest or 0) != seen:
        raise ChangedMeanwhile


def _record(
    kind: ChangeKind,
    key: str,
    label: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    actor: User,
) -> None:
    if before == after:
        return
    RoutingChange.objects.create(
        kind=kind, key=key, label=label[:200], before=before, after=after, actor=actor
    )
    announce_console(topics=["availability"])


def _skills_said(skills: Skillset, user: User) -> dict[str, Any]:
    return {
        "Conversations à la fois": skills.capacity,
        "Langues": _labels(LOCALES, skills.locales),
        "Canaux": _labels(WRITTEN_CHANNELS, skills.channels),
        "Équipes": sorted(user.desk_teams.values_list("name", flat=True)),
    }


def _team_said(team: Team) -> dict[str, Any]:
    return {"Nom": team.name, "Membres": sorted(_name(one) for one in team.members.all())}


def _rules_said(found: AssignmentRules) -> dict[str, Any]:
    return {
        "Attribution automatique": "oui" if found.is_automatic else "non",
        "Minutes pour répondre": found.answer_within_min,
        "Minutes avant de prévenir": found.told_after_min,
    }


def _labels(choices: list[tuple[str, str]], codes: list[str]) -> list[str]:
    return [label for code, label in choices if code in codes]


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()
