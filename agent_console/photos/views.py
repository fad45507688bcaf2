"""Showing a photo to whoever may see it."""

import uuid

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from service_kit.logs import get_logger

from .addresses import SIGNED_LIFETIME, Size, signed_read
from .models import Photo, PhotoState
from .storage import file_read

VIEW_PHOTOS = "photos.view_photo"
_STAFF_KEEPS_S = 300
logger = get_logger(__name__)


@require_safe
def staff(request: HttpRequest, photo_id: uuid.UUID, size: Size) -> HttpResponse:
    """A photo for a member of staff; 403 without the permission, whether it exists or not."""
    if not request.user.has_perm(VIEW_PHOTOS):
        raise PermissionDenied
    return _photo(photo_id, size, keep_s=_STAFF_KEEPS_S)


@require_safe
def signed(request: HttpRequest, token: str) -> HttpResponse:
    """A photo for who holds its signed address; 404 for an address that is old or made up."""
    try:
        named = signed_read(token)
    except signing.BadSignature as error:
        raise Http404 from error
    response = _photo(named.photo_id, named.size, keep_s=int(SIGNED_LIFETIME.total_seconds()))
    # The chat shows it on pages of other sites too; the address alone opens it, no cookie does.
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _photo(photo_id: uuid.UUID, size: Size, *, keep_s: int) -> HttpResponse:
    photo = Photo.objects.filter(pk=photo_id, state=PhotoState.STORED).first()
    if photo is None:
        raise Http404
    try:
        content = file_read(photo.name if size == Size.FULL else photo.thumbnail_name)
    except FileNotFoundError as error:
        logger.error("photo file missing", extra={"code": "photo_file_missing"})
        raise Http404 from error
    # The type is what we wrote ourselves; a browser that doubts it must not look for another, and
    # even a page made of these bytes could do nothing.
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": 'inline; filename="photo.jpg"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": f"private, max-age={keep_s}",
        },
    )
