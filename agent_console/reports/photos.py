"""Photos of reports: joining them, and what the wallet may notice of them."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from agent_console.photos.errors import PhotoError
from agent_console.photos.looks import photo_signal
from agent_console.photos.services import photos_claim

from .errors import ReportError
from .models import Report, ReportPhoto
from .models.photo import CITIZEN_PHOTOS_MAX, CREW_PHOTOS_MAX, PhotoKind


class PhotosTooMany(ReportError):
    code = "photos_too_many"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("Un signalement porte au plus %(most)d photos.") % {"most": most}, photos="too_many"
        )


class PhotosRefused(ReportError):
    """A photo that is gone or belongs to another case; ``code`` is the photo's own."""

    def __init__(self, error: PhotoError) -> None:
        super().__init__(error.message, photos=error.code)
        self.code = error.code


@transaction.atomic
def photos_attach(*, report: Report, kind: PhotoKind, photo_ids: Sequence[uuid.UUID]) -> None:
    """Join photos to a report, after those of their kind, in the order they are named.

    Part of the CALLER's transaction when there is one: a report and its photos commit together.
    The report's row is locked, so two requests at once can't exceed the limit, which the database
    holds too.  A citizen's photos are joined at intake only: the reward's signals are made of
    them, and a request to the wallet that is repeated must be the same request.

    Raises ``PhotosTooMany`` or ``PhotosRefused`` before anything is changed.
    """
    wanted = list(dict.fromkeys(photo_ids))
    if not wanted:
        return
    Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    most = CITIZEN_PHOTOS_MAX if kind == PhotoKind.CITIZEN else CREW_PHOTOS_MAX
    there = ReportPhoto.objects.filter(report=report, kind=kind).count()
    if there + len(wanted) > most:
        raise PhotosTooMany(most)
    try:
        photos = photos_claim(photo_ids=wanted, claimed_by=report.pk)
    except PhotoError as error:
        raise PhotosRefused(error) from error
    ReportPhoto.objects.bulk_create(
        ReportPhoto(report=report, photo=photo, kind=kind, position=there + place)
        for place, photo in enumerate(photos)
    )


def photo_signals(report: Report) -> tuple[str, ...]:
    """The signals of the citizen's photos, in one order; a photo that shows nothing has none."""
    joined = ReportPhoto.objects.filter(report=report, kind=PhotoKind.CITIZEN)
    found = (photo_signal(one.photo) for one in joined.select_related("photo__look"))
    return tuple(dict.fromkeys(signal for signal in found if signal))


def photos_shown(report: Report) -> list[tuple[str, list[ReportPhoto]]]:
    """The photos under the label of their kind, in the order of what happened; no empty kinds."""
    joined = list(ReportPhoto.objects.filter(report=report).select_related("photo"))
    groups = [(kind.label, [one for one in joined if one.kind == kind]) for kind in PhotoKind]
    return [(label, photos) for label, photos in groups if photos]
