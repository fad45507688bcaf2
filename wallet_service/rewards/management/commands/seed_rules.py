"""``seed_rules``: bring the reward rules of the seed file into the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from wallet_service.rewards.seeding import rules_seed, seed_file_read


class Command(BaseCommand):
    help = "Append the reward rules of seeds/rules.yaml that are new or changed; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = rules_seed(rules=seed_file_read())
        self.stdout.write(
            f"rules: {len(outcome.added)} added, {len(outcome.changed)} changed, "
            f"{len(outcome.kept)} kept"
        )
