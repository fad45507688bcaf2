"""Writes about photos."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from service_kit.locks import lock_for_transaction
from service_kit.logs import get_logger

from .errors import PhotoKeyReused, PhotoNotStored, PhotoTaken, PhotoUnknown
from .imaging import Location, photo_clean
from .looks import look_known
from .models import Photo, PhotoLook, PhotoState, Uploader
from .storage import file_remove, file_write, name_new

UNCLAIMED_KEPT = timedelta(hours=24)
logger = get_logger(__name__)


@dataclass(frozen=True)
class StoredPhoto:
    """A photo, and where it says that it was taken: kept nowhere, for the caller to offer."""

    photo: Photo
    location: Location | None


def photo_store(*, content: bytes, uploader: Uploader, upload_key: str = "") -> StoredPhoto:
    """Take in a photo from the bytes that somebody sent.

    The row commits before a file is written, and says ``stored`` in a transaction of its own after
    both are: a crash in between leaves a row that nobody can claim and ``photos_purge`` removes
    with whatever was written, so no file is ever without its row.  Sending a photo again without an
    ``upload_key`` is harmless: it is another photo.  With the same key and picture it is the first
    one; an attempt that ended half way gives its key to the next in the transaction that begins
    that one, and can't end well any more.

    Raises a ``PhotoRefused`` (nothing was kept), ``PhotoKeyReused`` or ``PhotoNotStored``.
    """
    clean = photo_clean(content)
    with transaction.atomic():
        sent = _sent_before(upload_key, hashlib.sha256(clean.jpeg).digest())
        if sent is not None:
            return StoredPhoto(photo=sent, location=clean.location)
        photo = Photo.objects.create(
            name=name_new(),
            thumbnail_name=name_new(),
            sha256=hashlib.sha256(clean.jpeg).digest(),
            look=look_known(clean.look),
            width=clean.width,
            height=clean.height,
            size_bytes=len(clean.jpeg),
            uploader=uploader,
            upload_key=upload_key,
        )
    try:
        file_write(name=photo.name, content=clean.jpeg)
        file_write(name=photo.thumbnail_name, content=clean.thumbnail)
    except OSError as failure:
        logger.error("photo not stored", extra={"code": type(failure).__name__})
        raise PhotoNotStored from failure
    photo.state = PhotoState.STORED
    still_ours = Photo.objects.filter(pk=photo.pk, upload_key=upload_key)
    if not still_ours.update(state=PhotoState.STORED):
        raise PhotoNotStored  # asked again meanwhile: that attempt is the one that counts
    return StoredPhoto(photo=photo, location=clean.location)


def _sent_before(upload_key: str, sha256: bytes) -> Photo | None:
    """The photo that was stored under this key; what is half there loses the key."""
    if not upload_key:
        return None
    lock_for_transaction(f"photo-key:{upload_key}")
    sent = Photo.objects.select_for_update().filter(upload_key=upload_key).first()
    if sent is None:
        return None
    if bytes(sent.sha256) != sha256:
        raise PhotoKeyReused
    if sent.state == PhotoState.STORED:
        return sent
    sent.upload_key = ""
    sent.save(update_fields=["upload_key"])
    return None


def photos_claim(*, photo_ids: Sequence[uuid.UUID], claimed_by: uuid.UUID) -> list[Photo]:
    """Make photos belong to the case ``claimed_by``, for good; in the order they were named.

    Runs inside the CALLER's transaction, so that the case and its photos commit together.  The
    rows are locked in one order until then: of two cases that want a photo at once one gets it.
    Claiming again for the same case changes nothing.

    Raises ``PhotoUnknown`` or ``PhotoTaken`` before anything is changed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("photos are claimed in the transaction of what claims them")
    wanted = list(dict.fromkeys(photo_ids))
    locked = Photo.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
    found = {photo.pk: photo for photo in locked.select_related("look").order_by("pk")}
    if any(pk not in found or found[pk].state != PhotoState.STORED for pk in wanted):
        raise PhotoUnknown
    if any(found[pk].claimed_by not in (None, claimed_by) for pk in wanted):
        raise PhotoTaken
    now = timezone.now()
    for photo in found.values():
        if photo.claimed_by is None:
            photo.claimed_by = claimed_by
            photo.claimed_at = now
    Photo.objects.bulk_update(found.values(), ["claimed_by", "claimed_at"])
    return [found[pk] for pk in wanted]


def photos_purge(*, now: datetime, limit: int) -> int:
    """Remove photos that nobody claimed within ``UNCLAIMED_KEPT``; how many, at most ``limit``.

    Marking them commits first: from then on they can't be claimed.  Their files go, then their
    rows; a crash in between leaves marked rows, which the next run takes up.
    """
    with transaction.atomic():
        due = (
            Photo.objects.select_for_update(skip_locked=True)
            .filter(claimed_by__isnull=True, created_at__lt=now - UNCLAIMED_KEPT)
            .exclude(state=PhotoState.REMOVING)
            .order_by("created_at")[:limit]
        )
        Photo.objects.filter(pk__in=[photo.pk for photo in due]).update(state=PhotoState.REMOVING)
    marked = list(Photo.objects.filter(state=PhotoState.REMOVING).order_by("pk")[:limit])
    for photo in marked:
        file_remove(photo.name)
        file_remove(photo.thumbnail_name)
    with transaction.atomic():
        Photo.objects.filter(pk__in=[photo.pk for photo in marked]).delete()
        _looks_forget({photo.look_id for photo in marked if photo.look_id})
    return len(marked)


def _looks_forget(look_ids: set[int]) -> None:
    """Forget the looks that only removed photos had."""
    nobody = ~Q(pk__in=Photo.objects.filter(look_id__in=look_ids).values("look_id"))
    PhotoLook.objects.filter(nobody, pk__in=look_ids).delete()
