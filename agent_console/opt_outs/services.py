"""Writes about oppositions."""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import contact_opt_in, contact_opt_out

from .models import OptOutChange, OptOutSource


@transaction.atomic
def news_set(
    *,
    contact_point_id: uuid.UUID,
    wants_news: bool,
    source: OptOutSource,
    actor: User | None = None,
) -> ContactPoint:
    """Whether this contact point is told what it did not just ask for.

    ONE transaction holds the change and its line in the history.  The contact point's row is
    locked, so of two requests at once the second finds nothing to change; a request that is sent
    again writes no second line and keeps the first moment.
    """
    point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    if (point.opted_out_at is None) == wants_news:
        return point
    change = contact_opt_in if wants_news else contact_opt_out
    point = change(contact_point_id=contact_point_id)
    OptOutChange.objects.create(
        contact_point=point, wants_news=wants_news, source=source, actor=actor
    )
    return point
