"""Writes about crews; each is one transaction."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.reports.models import Service

from .models import CrewMember, DispatchLine


@transaction.atomic
def member_add(*, user: User, service: Service) -> CrewMember:
    """Have somebody work for a service; who does already stays, so sending it again is harmless."""
    return CrewMember.objects.get_or_create(user=user, service=service)[0]


@transaction.atomic
def member_remove(*, member_id: int) -> CrewMember | None:
    """Take somebody off a service; returns who it was, or nothing when it was done already."""
    member = CrewMember.objects.select_related("user", "service").filter(pk=member_id).first()
    if member is not None:
        CrewMember.objects.filter(pk=member_id).delete()
    return member


@transaction.atomic
def dispatch_set(*, service: Service, phone: str) -> None:
    """Set whom a service's crews call; an empty number leaves the Metropolis' own."""
    if phone:
        DispatchLine.objects.update_or_create(service=service, defaults={"phone": phone})
    else:
        DispatchLine.objects.filter(service=service).delete()
