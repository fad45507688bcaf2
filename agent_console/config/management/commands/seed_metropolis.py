"""A small believable Metropolis: communes, categories, one demo account per role."""

import os
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from agent_console.config.roles import ROLES
from agent_console.facilities.sorting.services import sorting_load
from agent_console.knowledge.services import articles_load
from agent_console.opening.loading import desk_hours_load
from agent_console.pickups.services.defaults import defaults_load
from agent_console.pickups.services.slots import slots_open_ahead
from agent_console.places.services import communes_load
from agent_console.reports.taxonomy import taxonomy_load
from agent_console.staff.services import role_grant

# user name -> (group, environment name of the password, first name)
_ACCOUNTS = {
    "operateur": ("Opérateurs", "DEMO_OPERATOR_PASSWORD", "Camille"),
    "superviseur": ("Superviseurs", "DEMO_SUPERVISOR_PASSWORD", "Nadia"),
    "partenaire": ("Partenaires", "DEMO_PARTNER_PASSWORD", "Piscine"),
}


class Command(BaseCommand):
    help = "Load reference data and make the demo accounts; prints the accounts made now."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        communes_load()
        taxonomy_load()
        sorting_load()
        articles_load()
        desk_hours_load()
        defaults_load()
        slots_open_ahead(today=timezone.localdate())
        for name, permissions in ROLES.items():
            role_grant(name=name, codes=permissions)
        made = [line for line in map(_account, _ACCOUNTS) if line]
        if made:
            self.stdout.write("Demo accounts (also in secrets.env; shown once):")
            for line in made:
                self.stdout.write(f"  {line}")


def _account(username: str) -> str:
    """Make the account unless it exists; returns the line to show, or nothing."""
    group, password_name, first_name = _ACCOUNTS[username]
    password = os.environ.get(password_name)
    if not password or User.objects.filter(username=username).exists():
        return ""
    user = User.objects.create_user(username, password=password, first_name=first_name)
    user.groups.add(Group.objects.get(name=group))
    return f"{username:12} {password}   ({group})"
