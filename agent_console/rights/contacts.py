"""Which contacts are a person's alone: what is said there is about nobody else."""

import uuid

from agent_console.citizens.models import ContactLink, ContactPoint


def contacts_own(*, resident_ids: frozenset[uuid.UUID]) -> list[ContactPoint]:
    """Contacts that are theirs now and nobody else's, and those of before that are nobody's now
    and were theirs last.

    A contact that somebody else uses too, or holds today, is left out: what was said there can't
    be told apart.
    """
    links = ContactLink.objects.filter(
        contact_point__in=ContactLink.objects.filter(resident__in=resident_ids).values(
            "contact_point"
        )
    ).order_by("contact_point", "since", "id")
    last: dict[uuid.UUID, ContactLink] = {}
    others: set[uuid.UUID] = set()
    for link in links:
        last[link.contact_point_id] = link
        if link.ended_at is None and link.resident_id not in resident_ids:
            others.add(link.contact_point_id)
    own = [pk for pk, link in last.items() if pk not in others and link.resident_id in resident_ids]
    return list(ContactPoint.objects.filter(pk__in=own).order_by("created_at", "id"))
