"""Names behind the numbers under which the wallet knows people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from agent_console.partners.models import Cashier
from agent_console.staff.selectors import names_of

NOBODY = "Compte inconnu"


def people(numbers: Iterable[uuid.UUID | None]) -> Mapping[uuid.UUID | None, str]:
    """A name for each number: staff by their actor number, cashiers by their own.

    A number that is nobody's here (another installation's data) is said to be unknown.
    """
    asked = {number for number in numbers if number is not None}
    cashiers = Cashier.objects.filter(pk__in=asked).select_related("user")
    named = {
        cashier.pk: cashier.user.get_full_name() or cashier.user.get_username()
        for cashier in cashiers
    }
    staff = names_of(actor_ids=asked)
    return {number: staff.get(number) or named.get(number, NOBODY) for number in asked}
