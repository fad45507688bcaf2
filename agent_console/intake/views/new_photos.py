"""Photos of a report that is being written down: stored one by one, shown, claimed on saving."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from agent_console.intake import access
from agent_console.photos.addresses import Size, signed_address
from agent_console.photos.errors import PhotoEmpty, PhotoError, PhotoNotStored
from agent_console.photos.models import Photo, Uploader
from agent_console.photos.selectors import photos_free
from agent_console.photos.services import photo_store

_FIELD = "photo"


@require_POST
@access.needs(access.ADD_REPORTS)
def photo_add(request: HttpRequest) -> HttpResponse:
    """`/console/reports/new/photos/`: one photo → its line of the form, or why not (JSON).

    Whoever may write reports down sees what they sent, also without the right to see photos.
    """
    sent = request.FILES.get(_FIELD)
    try:
        if sent is None:
            raise PhotoEmpty
        photo = photo_store(content=bytes(sent.read()), uploader=Uploader.STAFF).photo
    except PhotoError as refusal:
        status = 503 if isinstance(refusal, PhotoNotStored) else 422
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=status)
    photo_line, address = _shown(photo)
    return render(request, "intake/parts/new_photo.html", {"photo": photo_line, "address": address})


def photos_kept(photo_ids: Sequence[uuid.UUID]) -> list[tuple[Photo, str]]:
    """Those that a form still holds, with an address to look at; what is gone is left out."""
    return [_shown(photo) for photo in photos_free(photo_ids=photo_ids)]


def _shown(photo: Photo) -> tuple[Photo, str]:
    return photo, signed_address(photo_id=photo.pk, size=Size.THUMBNAIL)
