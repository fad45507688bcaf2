"""Storing, claiming once, removing what nobody used; crashes in between."""

import hashlib
import stat
import threading
import uuid
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from agent_console.photos import services, tasks
from agent_console.photos.errors import PhotoNotStored, PhotoTaken, PhotoTypeRefused, PhotoUnknown
from agent_console.photos.models import Photo, PhotoLook, PhotoState, Uploader
from agent_console.photos.services import UNCLAIMED_KEPT, photo_store, photos_claim, photos_purge
from agent_console.photos.storage import file_read, file_write

from .pictures import decoded, encoded, scene


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _purge(*, limit: int = 100) -> int:
    later = timezone.now() + UNCLAIMED_KEPT + timedelta(minutes=1)
    return photos_purge(now=later, limit=limit)


def _claim(photo: Photo, case: uuid.UUID) -> list[Photo]:
    with transaction.atomic():
        return photos_claim(photo_ids=[photo.pk], claimed_by=case)


def test_a_stored_photo_is_two_files_that_only_the_service_reads(
    photo: Photo, photo_files: Path
) -> None:
    files = _files(photo_files)
    assert len(files) == 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    content = file_read(photo.name)
    assert bytes(photo.sha256) == hashlib.sha256(content).digest()
    assert photo.size_bytes == len(content)
    assert decoded(content).size == (photo.width, photo.height)
    assert photo.state == PhotoState.STORED


def test_names_say_nothing(photo: Photo) -> None:
    names = {photo.name, photo.thumbnail_name}
    assert len(names) == 2
    for name in names:
        folder, _, rest = name.partition("/")
        token = folder + rest.removesuffix(".jpg")
        assert len(bytes.fromhex(token)) == 24
        assert photo.pk.hex not in name
        assert bytes(photo.sha256).hex()[:8] not in name


def test_a_refused_file_leaves_nothing(db: None, photo_files: Path) -> None:
    with pytest.raises(PhotoTypeRefused):
        photo_store(content=b"<svg onload=alert(1)>", uploader=Uploader.CITIZEN)
    assert not Photo.objects.exists()
    assert not PhotoLook.objects.exists()
    assert not _files(photo_files)


def test_a_full_disk_is_told_and_cleaned_up(db: None, photo_files: Path) -> None:
    whole = FileSystemStorage.save
    calls = iter([None, OSError(28, "No space left on device")])

    def save(self: FileSystemStorage, *args: object, **kwargs: object) -> str:
        if failure := next(calls):
            raise failure
        return whole(self, *args, **kwargs)  # type: ignore[arg-type]

    with patch.object(FileSystemStorage, "save", save), pytest.raises(PhotoNotStored):
        photo_store(content=encoded(scene(1)), uploader=Uploader.CITIZEN)
    half = Photo.objects.get()
    assert half.state == PhotoState.STORING
    assert len(_files(photo_files)) == 1
    with pytest.raises(PhotoUnknown):
        _claim(half, uuid.uuid4())
    assert _purge() == 1
    assert not _files(photo_files)
    assert not Photo.objects.exists()


def test_a_key_outlives_an_attempt_that_ended_half_way(db: None, photo_files: Path) -> None:
    content = encoded(scene(1))

    def store() -> Photo:
        sent = photo_store(content=content, uploader=Uploader.CITIZEN, upload_key="k")
        return sent.photo

    with (
        patch("agent_console.photos.services.file_write", side_effect=OSError),
        pytest.raises(PhotoNotStored),
    ):
        store()
    half = Photo.objects.get()
    whole = store()
    assert whole.pk != half.pk
    assert store().pk == whole.pk
    half.refresh_from_db()
    assert (half.state, half.upload_key) == (PhotoState.STORING, "")


def test_of_two_attempts_with_one_key_at_once_the_later_counts(db: None, photo_files: Path) -> None:
    content = encoded(scene(1))
    later: list[Photo] = []

    def slowly(*, name: str, content: bytes) -> None:
        if not later:  # the client lost patience, and asked again
            later.append(Photo())
            later[0] = store()
        file_write(name=name, content=content)

    def store() -> Photo:
        sent = photo_store(content=content, uploader=Uploader.CITIZEN, upload_key="k")
        return sent.photo

    with (
        patch("agent_console.photos.services.file_write", slowly),
        pytest.raises(PhotoNotStored),
    ):
        store()
    assert store().pk == later[0].pk


def test_a_photo_belongs_to_one_case(photo: Photo) -> None:
    mine, other = uuid.uuid4(), uuid.uuid4()
    assert [claimed.claimed_by for claimed in _claim(photo, mine)] == [mine]
    claimed_at = Photo.objects.get().claimed_at
    _claim(photo, mine)  # a repeated request
    assert Photo.objects.get().claimed_at == claimed_at
    with pytest.raises(PhotoTaken):
        _claim(photo, other)
    assert Photo.objects.get().claimed_by == mine


def test_claims_keep_the_order_and_are_all_or_nothing(photo: Photo) -> None:
    second = photo_store(content=encoded(scene(2)), uploader=Uploader.STAFF).photo
    wanted = sorted([photo.pk, second.pk], reverse=True)
    case = uuid.uuid4()
    with pytest.raises(PhotoUnknown), transaction.atomic():
        photos_claim(photo_ids=[photo.pk, uuid.uuid4()], claimed_by=case)
    assert not Photo.objects.filter(claimed_by=case).exists()
    with transaction.atomic():
        claimed = photos_claim(photo_ids=[*wanted, wanted[0]], claimed_by=case)
    assert [one.pk for one in claimed] == wanted


def test_a_claim_goes_with_its_case(photo: Photo) -> None:
    def create() -> None:
        with transaction.atomic():
            photos_claim(photo_ids=[photo.pk], claimed_by=uuid.uuid4())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create()
    assert Photo.objects.get().claimed_by is None


@pytest.mark.django_db(transaction=True)
def test_a_claim_needs_a_transaction_around_it() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        photos_claim(photo_ids=[], claimed_by=uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_of_two_cases_at_once_one_gets_the_photo() -> None:
    photo = photo_store(content=encoded(scene(1)), uploader=Uploader.CITIZEN).photo
    cases = [uuid.uuid4() for _ in range(6)]
    start = threading.Barrier(len(cases))
    won: list[uuid.UUID] = []
    lost: list[uuid.UUID] = []

    def claim(case: uuid.UUID) -> None:
        start.wait(timeout=30)
        try:
            _claim(photo, case)
            won.append(case)
        except PhotoTaken:
            lost.append(case)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(won), len(lost)) == (1, len(cases) - 1)
    assert Photo.objects.get().claimed_by == won[0]


def test_what_nobody_used_goes_after_a_day(photo: Photo, photo_files: Path) -> None:
    kept = photo_store(content=encoded(scene(2)), uploader=Uploader.CITIZEN).photo
    _claim(kept, uuid.uuid4())
    assert photos_purge(now=timezone.now() + timedelta(hours=23), limit=100) == 0
    assert _purge() == 1
    assert list(Photo.objects.all()) == [kept]
    assert len(_files(photo_files)) == 2
    assert list(PhotoLook.objects.all()) == [kept.look]


def test_a_look_stays_while_a_photo_has_it(photo: Photo) -> None:
    copy = photo_store(content=encoded(scene(1), quality=60), uploader=Uploader.CITIZEN).photo
    assert copy.look == photo.look
    _claim(copy, uuid.uuid4())
    assert _purge() == 1
    assert list(PhotoLook.objects.all()) == [copy.look]


def test_a_removal_that_was_cut_short_is_taken_up_again(photo: Photo, photo_files: Path) -> None:
    def crash(name: str) -> None:
        raise SystemExit

    with patch.object(services, "file_remove", crash), pytest.raises(SystemExit):
        _purge()
    # Its files may be gone or not: nobody can claim it any more.
    assert Photo.objects.get().state == PhotoState.REMOVING
    with pytest.raises(PhotoUnknown):
        _claim(photo, uuid.uuid4())
    assert _purge() == 1
    assert not Photo.objects.exists()
    assert not _files(photo_files)


def test_the_hourly_job_removes_more_than_one_lot(
    db: None, photo_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(5):
        photo_store(content=encoded(scene(seed, (64, 64))), uploader=Uploader.CITIZEN)
    Photo.objects.update(created_at=timezone.now() - timedelta(days=2))
    monkeypatch.setattr(tasks, "_AT_ONCE", 2)
    monkeypatch.setattr("service_kit.jobs.connections.close_all", lambda: None)
    tasks.purge(timestamp=0)
    assert not Photo.objects.exists()
    assert not _files(photo_files)


def test_the_database_holds_no_half_claim(photo: Photo) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(claimed_by=uuid.uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(
            claimed_by=uuid.uuid4(), claimed_at=timezone.now(), state=PhotoState.STORING
        )
