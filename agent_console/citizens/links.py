"""Whose a contact is: opening, ending and moving links, each kept in the history.

A contact's row is locked before its links are looked at, so that of two changes at once the second
one sees the first.  ``ContactPoint.resident`` always names one of the open links, or nobody when
there is none.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from .errors import ContactUnlinked
from .models import ContactLink, ContactPoint, LinkHow, Recognition, Resident, ResidentMerge
from .selectors import contact_links


@transaction.atomic
def contact_link(
    *,
    contact_point_id: uuid.UUID,
    resident: Resident,
    how: LinkHow,
    is_verified: bool,
    actor: User | None = None,
    merge: ResidentMerge | None = None,
) -> ContactLink:
    """The contact is (also) the resident's, who is taken to speak there from now on.

    Others who share it keep their links.  ``is_verified``: they just proved to hold it.  Linking
    twice changes nothing but that moment.
    """
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    now = timezone.now()
    link, _ = ContactLink.objects.get_or_create(
        contact_point=contact_point,
        resident=resident,
        ended_at=None,
        defaults={"how": how, "since": now, "actor": actor, "merge": merge},
    )
    if is_verified:
        link.verified_at = now
        link.save(update_fields=["verified_at"])
    speaker_set(contact_point=contact_point, resident=resident)
    return link


@transaction.atomic
def contact_unlink(
    *,
    contact_point_id: uuid.UUID,
    resident_id: uuid.UUID,
    how: LinkHow,
    actor: User | None = None,
) -> ContactLink:
    """The contact is no longer this resident's; what they did there stays theirs.

    ONE transaction holds the link's end, who speaks there now and the end of every proof given
    there.  Raises ``ContactUnlinked``.
    """
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    link = contact_links(contact_point=contact_point).filter(resident_id=resident_id).first()
    if link is None:
        raise ContactUnlinked
    link_end(link=link, how=how, actor=actor)
    other = contact_links(contact_point=contact_point).first()
    speaker_set(contact_point=contact_point, resident=other.resident if other else None)
    return link


@transaction.atomic
def link_restore(*, link_id: int, how: LinkHow, actor: User | None = None) -> ContactLink:
    """Undo the end of a link: a new one between the same two, unproved.

    Raises ``ContactUnlinked`` when the contact was given to somebody else meanwhile.
    """
    link = ContactLink.objects.select_related("resident").get(pk=link_id)
    contact_point = ContactPoint.objects.select_for_update().get(pk=link.contact_point_id)
    if link.ended_at is None:
        return link
    if link.resident.merged_into_id is not None or (
        contact_links(contact_point=contact_point).exclude(resident_id=link.resident_id).exists()
    ):
        raise ContactUnlinked
    return contact_link(
        contact_point_id=contact_point.pk,
        resident=link.resident,
        how=how,
        is_verified=False,
        actor=actor,
    )


@transaction.atomic
def contact_new_holder(*, contact_point_id: uuid.UUID, actor: User | None = None) -> Resident:
    """Somebody new holds the number: earlier links end, and they begin as a new resident.

    The caller has seen the proof (a code); earlier residents keep all that is theirs, and reach it
    by their other contacts or by an operator.
    """
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    for link in contact_links(contact_point=contact_point):
        link_end(link=link, how=LinkHow.NEW_HOLDER, actor=actor)
    resident = Resident.objects.create()
    contact_link(
        contact_point_id=contact_point.pk,
        resident=resident,
        how=LinkHow.NEW_HOLDER,
        is_verified=actor is None,
        actor=actor,
    )
    return resident


@transaction.atomic
def contact_share(*, contact_point_id: uuid.UUID, actor: User | None = None) -> Resident:
    """Another person uses the contact too: a new resident, who is speaking now."""
    resident = Resident.objects.create()
    contact_link(
        contact_point_id=contact_point_id,
        resident=resident,
        how=LinkHow.SPLIT,
        is_verified=False,
        actor=actor,
    )
    return resident


@transaction.atomic
def contact_speaks(*, contact_point_id: uuid.UUID, resident_id: uuid.UUID) -> Resident:
    """Of those who share the contact, this one is speaking.  Raises ``ContactUnlinked``."""
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    link = contact_links(contact_point=contact_point).filter(resident_id=resident_id).first()
    if link is None:
        raise ContactUnlinked
    speaker_set(contact_point=contact_point, resident=link.resident)
    return link.resident


def link_end(*, link: ContactLink, how: LinkHow, actor: User | None = None) -> None:
    """End a link of a locked contact, in the caller's transaction."""
    link.ended_at, link.ended_how = timezone.now(), how
    if actor is not None:
        link.actor = actor
    link.save(update_fields=["ended_at", "ended_how", "actor"])


def speaker_set(*, contact_point: ContactPoint, resident: Resident | None) -> None:
    """Who speaks at a locked contact; what somebody else proved there counts no longer."""
    Recognition.objects.filter(contact_point=contact_point, ended_at=None).exclude(
        resident=resident
    ).update(ended_at=timezone.now())
    if contact_point.resident_id != (resident.pk if resident else None):
        contact_point.resident = resident
        contact_point.save(update_fields=["resident"])
