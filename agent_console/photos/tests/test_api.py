"""``POST /api/v1/photos``: who may send what, and how much of it is read."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import ExifTags, Image

from agent_console.photos.imaging import CONTENT_MAX_BYTES
from agent_console.photos.models import Photo, Uploader
from service_kit.tokens import ServiceToken, ServiceTokenAuth

from .pictures import SIZE, encoded, scene

ADDRESS = "/api/v1/photos"


def _bearer() -> str:
    return f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"


def _headers(key: str | None = None) -> dict[str, str]:
    return {"Authorization": _bearer(), "Idempotency-Key": key or str(uuid.uuid4())}


def _send_form(content: bytes, *, name: str = "photo.jpg", kind: str = "image/jpeg") -> Any:
    file = SimpleUploadedFile(name, content, content_type=kind)
    return Client().post(ADDRESS, {"photo": file}, headers=_headers())


def _send_raw(
    content: bytes, *, kind: str = "image/jpeg", query: str = "", key: str | None = None
) -> Any:
    # The header too: the test client leaves the type of an empty body out.
    headers = _headers(key) | {"Content-Type": kind}
    return Client().post(ADDRESS + query, content, content_type=kind, headers=headers)


def test_a_form_and_a_bare_body_are_taken(db: None) -> None:
    for answer in (_send_form(encoded(scene(1))), _send_raw(encoded(scene(1)))):
        assert answer.status_code == 201, answer.content
        body = answer.json()
        photo = Photo.objects.get(pk=uuid.UUID(body["id"]))
        assert (body["width"], body["height"]) == (photo.width, photo.height) == SIZE
        assert body["location"] is None
        assert photo.uploader == Uploader.CITIZEN


def test_a_body_above_what_forms_may_hold_is_taken(db: None) -> None:
    content = encoded(scene(1, (1000, 750)), "PNG")
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < len(content) < CONTENT_MAX_BYTES
    assert _send_raw(content, kind="application/octet-stream").status_code == 201
    assert _send_form(content).status_code == 201


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron.d/x.jpg", "..\\..\\boot.ini", "/etc/passwd", "a\0b.php", "x" * 5000, "é’.svg"],
)
def test_the_senders_file_name_is_nowhere(db: None, photo_files: Path, name: str) -> None:
    assert _send_form(encoded(scene(1)), name=name, kind="image/svg+xml").status_code == 201
    for path in photo_files.rglob("*.jpg"):
        assert path.is_relative_to(photo_files)
        assert set(path.stem) <= set("0123456789abcdef")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(photo)::text FROM photos_photo AS photo")
        assert "cron" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<html><script>alert(1)</script></html>", 422, "photo_type_refused"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 422, "photo_type_refused"),
        (b"", 422, "photo_empty"),
        (encoded(scene(1))[:5000], 422, "photo_damaged"),
        (b"\xff\xd8" + b"\0" * CONTENT_MAX_BYTES, 413, "photo_too_large"),
    ],
    ids=["html", "svg", "empty", "truncated", "large"],
)
def test_what_is_no_photo_is_refused_in_words(
    db: None, content: bytes, status: int, code: str
) -> None:
    for answer in (_send_form(content, name="photo.jpg"), _send_raw(content)):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["message"].endswith(".")
    assert not Photo.objects.exists()


def test_a_photo_sent_twice_with_its_key_is_one(db: None) -> None:
    content = encoded(scene(1))
    first, again = (_send_raw(content, key="upload-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = _send_raw(encoded(scene(2)), key="upload-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert _send_raw(content, key="upload-2").json()["id"] != first.json()["id"]
    assert Photo.objects.count() == 2
    assert _send_raw(content, key="short").status_code == 422


def test_a_wrong_extension_does_no_harm(db: None) -> None:
    content = encoded(scene(1), "PNG")
    assert _send_form(content, name="page.html", kind="text/html").status_code == 201


@pytest.mark.parametrize("kind", ["text/html", "application/json", "image/svg+xml"])
def test_a_body_of_another_type_is_refused(db: None, kind: str) -> None:
    answer = _send_raw(encoded(scene(1)), kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "body_type_refused")


def test_a_form_without_a_photo_and_a_broken_form_are_refused(db: None) -> None:
    headers = _headers()
    answer = Client().post(ADDRESS, {"other": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_missing")
    answer = Client().post(ADDRESS, b"--x", content_type="multipart/form-data", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_unreadable")


def test_only_the_actions_may_send(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(scene(1))
    answer = Client().post(ADDRESS, content, content_type="image/jpeg")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    other = ServiceToken(name="other", secret="o" * 40, scopes=frozenset({"reports:write"}))
    monkeypatch.setattr(ServiceTokenAuth, "authenticate", lambda *_: other)
    answer = _send_raw(content)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert not Photo.objects.exists()


def test_the_place_is_answered_when_asked_for_and_never_kept(db: None, photo_files: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (43.0, 17.0, 42.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (5.0, 22.0, 12.0),
        }
    )
    content = encoded(scene(1), exif=exif)
    assert _send_raw(content).json()["location"] is None
    answer = _send_raw(content, query="?location=true").json()
    assert answer["location"] == {"latitude": 43.295, "longitude": 5.37}
    with connection.cursor() as cursor:
        cursor.execute("SELECT (to_jsonb(photo) - 'created_at')::text FROM photos_photo AS photo")
        assert all("43.295" not in row for (row,) in cursor.fetchall())
    for path in photo_files.rglob("*.jpg"):
        with Image.open(path) as kept:
            assert not kept.getexif()


def test_a_storage_that_is_away_is_told_as_such(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: object) -> None:
        raise OSError

    monkeypatch.setattr("agent_console.photos.services.file_write", away)
    answer = _send_raw(encoded(scene(1)))
    assert (answer.status_code, answer.json()["code"]) == (503, "photo_not_stored")
