"""Two residents who turn out to be one, and back.

Nothing that either did is rewritten: ``merged`` points at ``kept``, its contacts move, and what it
did is found through ``selectors.residents_same``.  Their wallets are made one, or two again, by a
job that each of these transactions leaves (``agent_console.identity``), so a crash delays it only.
"""

import uuid
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from . import queue
from .errors import MergeRefused
from .links import contact_link, link_end, speaker_set
from .models import ContactLink, ContactPoint, LinkHow, Resident, ResidentMerge
from .selectors import contact_links

# How long a merge can be undone, as long as the wallet keeps what came from where apart.
UNDO_FOR = timedelta(days=30)


@transaction.atomic
def resident_merge(
    *, kept_id: uuid.UUID, merged_id: uuid.UUID, actor: User | None
) -> ResidentMerge:
    """``merged`` is the same person as ``kept``.  ``actor``: ``None`` when they proved it.

    ONE transaction holds the merge, the contacts and the wallets' job.  Raises ``MergeRefused``.
    """
    kept, merged = _locked(kept_id, merged_id)
    if kept == merged:
        raise MergeRefused("merge_same")
    if kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise MergeRefused("merge_gone")
    now = timezone.now()
    merge = ResidentMerge.objects.create(
        kept=kept, merged=merged, actor=actor, at=now, undo_until=now + UNDO_FOR
    )
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    _contacts_move(merge, source=merged, target=kept, actor=actor)
    queue.enqueue_wallets(merge_id=merge.pk)
    return merge


@transaction.atomic
def resident_unmerge(*, merge_id: uuid.UUID, actor: User | None) -> ResidentMerge:
    """They are two after all: contacts that moved with the merge go back.

    ONE transaction holds the undoing, the contacts and the wallets' job.  Contacts that came since
    stay with ``kept``.  Raises ``MergeRefused``.
    """
    merge = ResidentMerge.objects.select_for_update().get(pk=merge_id)
    kept, merged = _locked(merge.kept_id, merge.merged_id)
    now = timezone.now()
    if merge.undone_at is not None:
        raise MergeRefused("merge_undone")
    if now > merge.undo_until:
        raise MergeRefused("merge_too_late")
    if kept.merged_into_id is not None:
        raise MergeRefused("merge_followed")
    merge.undone_at, merge.undone_by, merge.wallets_at = now, actor, None
    merge.save(update_fields=["undone_at", "undone_by", "wallets_at"])
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    _contacts_return(merge, actor=actor)
    queue.enqueue_wallets(merge_id=merge.pk)
    return merge


def _locked(one: uuid.UUID, other: uuid.UUID) -> tuple[Resident, Resident]:
    """Both, locked in the order of their numbers."""
    rows = Resident.objects.select_for_update().filter(pk__in=[one, other]).order_by("pk")
    found = {resident.pk: resident for resident in rows}
    return found[one], found[other]


def _contacts_move(
    merge: ResidentMerge, *, source: Resident, target: Resident, actor: User | None
) -> None:
    links = ContactLink.objects.filter(resident=source, ended_at=None).order_by("contact_point")
    for link in links:
        contact_point = ContactPoint.objects.select_for_update().get(pk=link.contact_point_id)
        was_speaking = contact_point.resident_id == source.pk
        link_end(link=link, how=LinkHow.MERGE, actor=actor)
        link.merge = merge
        link.save(update_fields=["merge"])
        speaker = contact_point.resident
        contact_link(
            contact_point_id=contact_point.pk,
            resident=target,
            how=LinkHow.MERGE,
            is_verified=link.verified_at is not None,
            actor=actor,
            merge=merge,
        )
        if not was_speaking:
            contact_point.refresh_from_db()
            speaker_set(contact_point=contact_point, resident=speaker)


def _contacts_return(merge: ResidentMerge, *, actor: User | None) -> None:
    gone = ContactLink.objects.filter(
        merge=merge, resident=merge.merged, ended_how=LinkHow.MERGE
    ).order_by("contact_point")
    for link in gone:
        contact_point = ContactPoint.objects.select_for_update().get(pk=link.contact_point_id)
        now_kept = contact_links(contact_point=contact_point).filter(resident=merge.kept).first()
        if now_kept is None:
            continue  # unlinked or given to somebody else since
        if now_kept.merge_id == merge.pk:
            link_end(link=now_kept, how=LinkHow.MERGE, actor=actor)
        contact_link(
            contact_point_id=contact_point.pk,
            resident=merge.merged,
            how=LinkHow.MERGE,
            is_verified=False,
            actor=actor,
        )
