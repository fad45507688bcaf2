"""Taking in photos for the dialogue's actions."""

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja import Header, Query, Router, Schema, Status
from pydantic import StringConstraints

from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from .errors import PhotoKeyReused, PhotoNotStored, PhotoRefused, PhotoTooLarge
from .imaging import CONTENT_MAX_BYTES
from .models import Uploader
from .services import photo_store

router = Router(tags=["photos"])
_FIELD = "photo"
UploadKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_.-]{8,80}$")]
_RAW_TYPES = ("image/jpeg", "image/png", "image/webp", "application/octet-stream")
_BINARY = {"type": "string", "format": "binary"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": (
            f"At most {CONTENT_MAX_BYTES} bytes; what it is is found out from the content."
        ),
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [_FIELD],
                    "properties": {_FIELD: _BINARY},
                }
            },
            **{kind: {"schema": _BINARY} for kind in _RAW_TYPES},
        },
    }
}


class LocationOut(Schema):
    """Degrees, WGS 84, as the photo said before that was removed from it."""

    latitude: float
    longitude: float


class PhotoOut(Schema):
    """``id`` is claimed by a case within 24 hours, or the photo is removed."""

    id: uuid.UUID
    width: int
    height: int
    location: LocationOut | None


@router.post(
    "",
    response={201: PhotoOut, **problems(400, 401, 403, 409, 413, 415, 422, 503)},
    operation_id="photo_upload",
    openapi_extra=_BODY,
)
def upload(
    request: HttpRequest, idempotency_key: Header[UploadKey], location: Query[bool] = False
) -> Status[PhotoOut]:
    """Take in one photo: multipart with the field ``photo``, or the bytes as the body.

    ``location=true`` asks where the photo says it was taken: only with the citizen's consent.  We
    keep it nowhere.  The same Idempotency-Key and photo return the first one; what no case claims
    is removed.
    """
    token = require_scope(request, "photos:write")
    try:
        stored = photo_store(
            content=_content(request),
            uploader=Uploader.CITIZEN,
            upload_key=f"{token.name}:{idempotency_key}",
        )
    except PhotoKeyReused as error:
        raise Problem(409, error.code, error.message) from error
    except PhotoTooLarge as error:
        raise Problem(413, error.code, error.message) from error
    except PhotoRefused as error:
        raise Problem(422, error.code, error.message, {_FIELD: error.code}) from error
    except PhotoNotStored as error:
        raise Problem(503, error.code, error.message) from error
    found = stored.location
    place = LocationOut(latitude=found.latitude, longitude=found.longitude) if found else None
    return Status(
        201,
        PhotoOut(
            id=stored.photo.id,
            width=stored.photo.width,
            height=stored.photo.height,
            location=place if location else None,
        ),
    )


def _content(request: HttpRequest) -> bytes:
    """The photo's bytes, never more than one above the limit."""
    try:
        if request.content_type == "multipart/form-data":
            return _file(request)
        if request.content_type not in _RAW_TYPES:
            refuse(415, "body_type_refused", "Envoyez la photo seule, ou dans un formulaire.")
        # Not ``request.body``: the limit of forms and JSON is far below a photo's.
        return request.read(CONTENT_MAX_BYTES + 1)
    except (MultiPartParserError, UnreadablePostError) as error:
        raise Problem(400, "body_unreadable", "La demande est mal formée.") from error


def _file(request: HttpRequest) -> bytes:
    files = request.FILES.getlist(_FIELD)
    if len(files) != 1:
        refuse(422, "photo_missing", "Il faut une photo, et une seule.", photo="missing")
    if (files[0].size or 0) > CONTENT_MAX_BYTES:
        raise PhotoTooLarge
    return bytes(files[0].read())
