"""Who sees a photo, at which address, and what a browser is told about it."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agent_console.photos.addresses import SIGNED_LIFETIME, Size, signed_address, staff_address
from agent_console.photos.models import Photo, PhotoState
from agent_console.photos.storage import file_read, file_remove


@pytest.fixture
def operator(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user("camille", "photos.view_photo"))
    return client


@pytest.mark.parametrize("size", list(Size))
def test_staff_with_the_permission_see_both_sizes(
    operator: Client, photo: Photo, size: Size
) -> None:
    answer = operator.get(staff_address(photo_id=photo.pk, size=size))
    name = photo.name if size == Size.FULL else photo.thumbnail_name
    assert (answer.status_code, answer.content) == (200, file_read(name))


def test_a_browser_is_told_to_trust_nothing(operator: Client, photo: Photo) -> None:
    for client, address in (
        (operator, staff_address(photo_id=photo.pk, size=Size.FULL)),
        (Client(), signed_address(photo_id=photo.pk, size=Size.FULL)),
    ):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["Cache-Control"].startswith("private")
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_without_the_permission_nobody_learns_whether_a_photo_exists(
    make_user: Callable[..., User], photo: Photo
) -> None:
    colleague = Client()
    colleague.force_login(make_user("colleague", "reports.view_report"))
    for client in (Client(), colleague):
        for photo_id in (photo.pk, uuid.uuid4()):
            address = staff_address(photo_id=photo_id, size=Size.FULL)
            assert client.get(address).status_code == 403


def test_a_signed_address_opens_that_photo_without_a_session(photo: Photo) -> None:
    answer = Client().get(signed_address(photo_id=photo.pk, size=Size.THUMBNAIL))
    assert (answer.status_code, answer.content) == (200, file_read(photo.thumbnail_name))


def test_a_signed_address_ends(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    address = signed_address(photo_id=photo.pk, size=Size.FULL)
    later = timezone.now() + SIGNED_LIFETIME + timedelta(seconds=2)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    assert Client().get(address).status_code == 404


def test_made_up_addresses_open_nothing(photo: Photo) -> None:
    address = signed_address(photo_id=photo.pk, size=Size.THUMBNAIL)
    token = address.rpartition("/")[2]
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        signing.dumps([photo.pk.hex, "full"], salt="another"),
        photo.pk.hex,
        "..%2f..%2fsecrets.env",
    ]
    for made_up in forged:
        assert Client().get(reverse("photos:signed", args=[made_up])).status_code == 404
    assert Client().get(f"/photos/{photo.name}").status_code == 404
    assert Client().get(f"/media/photos/{photo.name}").status_code == 404


@pytest.mark.parametrize("state", [PhotoState.STORING, PhotoState.REMOVING])
def test_only_stored_photos_are_shown(operator: Client, photo: Photo, state: PhotoState) -> None:
    Photo.objects.filter(pk=photo.pk).update(state=state)
    assert operator.get(staff_address(photo_id=photo.pk, size=Size.FULL)).status_code == 404


def test_a_file_that_is_gone_is_not_found(operator: Client, photo: Photo) -> None:
    file_remove(photo.name)
    assert operator.get(staff_address(photo_id=photo.pk, size=Size.FULL)).status_code == 404


def test_addresses_are_for_reading_only(operator: Client, photo: Photo) -> None:
    assert operator.post(staff_address(photo_id=photo.pk, size=Size.FULL)).status_code == 405
