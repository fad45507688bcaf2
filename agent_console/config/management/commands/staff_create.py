"""``staff_create USERNAME --group NAME``: an account for a colleague."""

import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction


class Command(BaseCommand):
    help = "Make a staff account; the password is asked for, never given as an argument."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--group", required=True, help="Opérateurs, Superviseurs, Partenaires")
        parser.add_argument("--first-name", default="", help="shown to colleagues")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        group = Group.objects.filter(name=options["group"]).first()
        if group is None:
            known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"no such group; there are: {known}")
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError("this username is taken")
        password = getpass.getpass("Password: ")
        user = User(username=options["username"], first_name=options["first_name"])
        try:
            validate_password(password, user)
        except ValidationError as exc:
            raise CommandError(" ".join(exc.messages)) from exc
        user.set_password(password)
        user.save()
        user.groups.add(group)
        self.stdout.write(f"{user.username} is in {group.name}")
