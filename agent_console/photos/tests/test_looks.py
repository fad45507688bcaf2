"""Copies are recognised, other photos are not: rates over generated scenes."""

import io
import threading
from collections.abc import Iterator
from itertools import combinations

import pytest
from django.db import connections
from PIL import Image, ImageEnhance

from agent_console.digests import keyed_digest
from agent_console.photos.look import distance, look_of
from agent_console.photos.looks import NEAR_BITS, photo_signal
from agent_console.photos.models import Photo, PhotoLook, Uploader
from agent_console.photos.services import photo_store

from .pictures import decoded, encoded, scene

SCENES = 40


def _copies(sent: bytes) -> Iterator[bytes]:
    """What happens to a photo between two messages."""
    picture = decoded(sent)
    width, height = picture.size
    for quality in (90, 60, 30):
        yield encoded(picture, quality=quality)
    for share in (0.8, 0.5, 0.25):
        yield encoded(picture.resize((int(width * share), int(height * share))), quality=75)
    yield encoded(picture, "PNG")
    yield encoded(picture, "WEBP", quality=50)
    yield encoded(ImageEnhance.Brightness(picture).enhance(1.1), quality=80)
    yield encoded(picture.convert("L"), quality=80)


def _look(content: bytes) -> int:
    look = look_of(decoded(content))
    assert look is not None
    return look


def test_copies_are_near_and_other_photos_far() -> None:
    sent = [encoded(scene(seed, (640, 480)), quality=92) for seed in range(SCENES)]
    looks = [_look(content) for content in sent]
    same = [
        distance(look, _look(copy))
        for look, content in zip(looks, sent, strict=True)
        for copy in _copies(content)
    ]
    other = [distance(one, two) for one, two in combinations(looks, 2)]
    recognised = sum(far <= NEAR_BITS for far in same) / len(same)
    confused = sum(far <= NEAR_BITS for far in other) / len(other)
    print(f"recognised {recognised:.2%} of {len(same)} copies (furthest {max(same)} bits)")
    print(f"confused {confused:.4%} of {len(other)} pairs (nearest {min(other)} bits)")
    assert recognised >= 0.995
    assert confused == 0


@pytest.mark.parametrize("shade", ["black", "white", "#777777"])
def test_a_picture_in_which_nothing_stands_out_gives_no_signal(db: None, shade: str) -> None:
    photo = _stored(encoded(Image.new("RGB", (640, 480), shade)))
    assert photo.look is None
    assert photo_signal(photo) == ""


@pytest.fixture(autouse=True)
def _files(photo_files: object) -> None:
    """Stored photos go to the test's own folder."""


def _stored(content: bytes) -> Photo:
    return photo_store(content=content, uploader=Uploader.CITIZEN).photo


def test_a_copy_gives_the_same_signal_and_another_photo_another(db: None) -> None:
    first = encoded(scene(1))
    signal = photo_signal(_stored(first))
    assert {photo_signal(_stored(copy)) for copy in _copies(first)} == {signal}
    assert photo_signal(_stored(encoded(scene(2)))) != signal
    assert PhotoLook.objects.count() == 2


def test_a_signal_says_nothing_without_the_key(db: None, settings: object) -> None:
    photo = _stored(encoded(scene(1)))
    signal = photo_signal(photo)
    assert len(bytes.fromhex(signal)) == 32
    assert photo.look is not None
    settings.DIGEST_KEY = "another key of the same length...."  # type: ignore[attr-defined]
    assert photo_signal(photo) != signal
    assert signal != keyed_digest(domain="place", text=str(photo.look.bits)).hex()


def test_signals_outlive_the_files(db: None, photo: Photo) -> None:
    signal = photo_signal(photo)
    again = Photo.objects.select_related("look").get(pk=photo.pk)
    assert photo_signal(again) == signal


@pytest.mark.django_db(transaction=True)
def test_copies_that_come_at_once_get_one_look() -> None:
    content = encoded(scene(3))
    copies = [content, encoded(Image.open(io.BytesIO(content)), quality=55)] * 3
    start = threading.Barrier(len(copies))
    signals: list[str] = []

    def send(copy: bytes) -> None:
        start.wait(timeout=30)
        try:
            signals.append(photo_signal(_stored(copy)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(signals) == len(copies)
    assert len(set(signals)) == 1
    assert PhotoLook.objects.count() == 1
