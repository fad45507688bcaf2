"""A small believable Metropolis: communes, categories, one demo account per role."""

import os
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from agent_console.facilities.sorting.services import sorting_load
from agent_console.pickups.services.defaults import defaults_load
from agent_console.pickups.services.slots import slots_open_ahead
from agent_console.places.services import communes_load
from agent_console.reports.services import taxonomy_load
from agent_console.staff.services import role_grant

_OPERATOR = (
    "conversations.view_conversation",
    "reports.view_report",
    "reports.add_report",
    "reports.validate_report",
    "reports.reject_report",
    "reports.assign_report",
    "reports.work_report",
    "reports.reopen_report",
    "reports.recategorise_report",
    "reports.acknowledge_page",
    "citizens.view_wallet",
    "photos.view_photo",
    "collectors.link_card",
    "redemptions.redeem_for_resident",
    "pickups.view_booking",
    "pickups.change_booking",
    "pickups.run_crew",
)
_SUPERVISOR = (
    "reports.change_category",
    "reports.read_original_text",
    "case_admin.change_settings",
    "auth.view_user",
    "nudges.view_nudges",
    "nudges.change_rules",
    "nudges.decide_reviews",
    "nudges.correct_points",
    "partners.change_cashier",
    "partner_admin.manage_partners",
    "partner_admin.manage_offers",
    "partner_admin.decide_disputes",
    "partner_admin.close_statements",
    "collectors.retry_deposit",
    "facilities.import_facilities",
    "facilities.change_sorting",
    "pickups.manage_pickups",
    "crews.manage_crews",
)
# group -> permissions; pages check permissions, never the group's name
_GROUPS: dict[str, tuple[str, ...]] = {
    "Opérateurs": _OPERATOR,
    "Superviseurs": (*_OPERATOR, *_SUPERVISOR),
    "Partenaires": ("partners.capture_voucher",),
    "Équipages encombrants": ("pickups.run_crew",),
    "Équipes de terrain": ("reports.work_report", "reports.view_report", "photos.view_photo"),
}
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
        defaults_load()
        slots_open_ahead(today=timezone.localdate())
        for name, permissions in _GROUPS.items():
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
