"""Reads about residents and who is behind a contact."""

import uuid
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from .addresses import NUMBER_KINDS
from .models import ContactLink, ContactPoint, Resident, ResidentMerge

# A contact that nobody has proved for so long may have a new holder: operators give numbers out
# again some months after they were given up.
DORMANT_AFTER = timedelta(days=180)


def resident_current(*, resident_id: uuid.UUID) -> Resident:
    """The resident, or whom they were merged into.  Raises ``Resident.DoesNotExist``."""
    resident = Resident.objects.select_related("merged_into").get(pk=resident_id)
    while resident.merged_into is not None:
        resident = resident.merged_into
    return resident


def residents_same(*, resident_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Every number under which this person did something: merged residents keep their past."""
    found = {resident_current(resident_id=resident_id).pk}
    new = set(found)
    while new:
        merged = Resident.objects.filter(merged_into__in=new).values_list("pk", flat=True)
        new = set(merged) - found
        found |= new
    return frozenset(found)


def is_same_person(*, one: uuid.UUID | None, other: uuid.UUID | None) -> bool:
    """Whether both numbers are one person's; nobody known is nobody's equal."""
    if one is None or other is None:
        return False
    return one == other or one in residents_same(resident_id=other)


def wallets_of(*, resident_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The person's wallet and those that were merged into it."""
    same = residents_same(resident_id=resident_id)
    wallets = Resident.objects.filter(pk__in=same).values_list("wallet_id", flat=True)
    return frozenset(wallet for wallet in wallets if wallet is not None)


def contact_links(*, contact_point: ContactPoint) -> QuerySet[ContactLink]:
    """Whose the contact is now; more than one: it is shared."""
    links = ContactLink.objects.filter(contact_point=contact_point, ended_at=None)
    return links.select_related("resident")


def is_shared(*, contact_point: ContactPoint) -> bool:
    """Whether one must ask who is speaking."""
    return contact_links(contact_point=contact_point).count() > 1


def is_dormant(*, contact_point: ContactPoint) -> bool:
    """Whether nobody was known here for so long that somebody else may hold it today."""
    before = timezone.now() - DORMANT_AFTER
    links = contact_links(contact_point=contact_point)
    return links.exists() and not links.filter(Q(since__gt=before) | Q(verified_at__gt=before))


def number_has_a_past(*, contact_point: ContactPoint) -> bool:
    """Whether somebody is, or was, known by this number, however it was used."""
    return ContactLink.objects.filter(
        contact_point__kind__in=NUMBER_KINDS,
        contact_point__key_digest=contact_point.key_digest,
    ).exists()


def links_of(*, resident_id: uuid.UUID) -> QuerySet[ContactLink]:
    """The person's contacts now, the newest first."""
    return _links(resident_id).filter(ended_at=None)


def links_ended(*, resident_id: uuid.UUID) -> QuerySet[ContactLink]:
    """Contacts that were the person's, the latest end first."""
    return _links(resident_id).filter(ended_at__isnull=False).order_by("-ended_at")


def merges_of(*, resident_id: uuid.UUID) -> QuerySet[ResidentMerge]:
    """Merges that the person was part of, the newest first."""
    same = residents_same(resident_id=resident_id)
    return ResidentMerge.objects.filter(Q(kept__in=same) | Q(merged__in=same)).select_related(
        "kept", "merged", "actor"
    )


def _links(resident_id: uuid.UUID) -> QuerySet[ContactLink]:
    return (
        ContactLink.objects.filter(resident_id=resident_id)
        .select_related("contact_point", "resident", "actor")
        .order_by("-since", "-id")
    )
