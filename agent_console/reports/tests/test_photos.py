"""Photos of a report: five at most, each of one report only, and recognised by the wallet."""

import io
import json
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connections, transaction
from django.test import Client
from PIL import Image

from agent_console.conversations.models import Conversation
from agent_console.photos.models import Photo, Uploader
from agent_console.photos.services import photo_store
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.reports.intake import Intake
from agent_console.reports.models import PhotoKind, Report, ReportPhoto
from agent_console.reports.models.photo import CITIZEN_PHOTOS_MAX
from agent_console.reports.photos import (
    PhotosRefused,
    PhotosTooMany,
    photo_signals,
    photos_attach,
)
from agent_console.reports.rewards import reward_synchronise
from agent_console.reports.services import report_create
from agent_console.wallet import http
from agent_console.wallet.tests.bodies import reward_out, wallet_out
from agent_console.wallet.tests.contract import check_exchange


@pytest.fixture(autouse=True)
def _files(photo_files: Path) -> None:
    """Files go to a folder of the test's own."""


def _photo(seed: int = 1, **options: Any) -> uuid.UUID:
    content = encoded(scene(seed, (320, 240)), **options)
    return photo_store(content=content, uploader=Uploader.CITIZEN).photo.pk


def _copy(seed: int = 1) -> uuid.UUID:
    """The same photo, smaller and recompressed."""
    picture = Image.open(io.BytesIO(encoded(scene(seed, (320, 240)))))
    content = encoded(picture.resize((200, 150)), quality=60)
    return photo_store(content=content, uploader=Uploader.CITIZEN).photo.pk


def _report(conversation: Conversation, *photos: uuid.UUID, key: str = "") -> Report:
    return report_create(
        intake_key=key or f"test:{uuid.uuid4()}",
        intake=Intake(
            conversation=conversation,
            category_code="pothole",
            address="12 rue Paradis",
            commune="Marseille",
            description="Un trou",
            photos=photos,
        ),
    )


def _post(conversation: Conversation, photos: list[str], *, key: str = "a-key-of-a-test") -> Any:
    return Client().post(
        "/api/v1/reports",
        {
            "conversation": str(conversation.id),
            "category": "pothole",
            "address": "12 rue Paradis",
            "commune": "Marseille",
            "photos": photos,
        },
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}",
            "Idempotency-Key": key,
        },
    )


def test_photos_come_with_the_report_in_their_order(
    metropolis: None, conversation: Conversation
) -> None:
    photos = [_photo(seed) for seed in range(CITIZEN_PHOTOS_MAX)]
    answer = _post(conversation, [str(photo) for photo in photos])
    assert answer.status_code == 201, answer.content
    report = Report.objects.get()
    joined = ReportPhoto.objects.filter(report=report, kind=PhotoKind.CITIZEN)
    assert [one.photo_id for one in joined] == photos
    assert set(Photo.objects.values_list("claimed_by", flat=True)) == {report.pk}


def test_a_sixth_photo_is_refused_with_the_report(
    metropolis: None, conversation: Conversation
) -> None:
    photos = [_photo(seed) for seed in range(CITIZEN_PHOTOS_MAX + 1)]
    assert _post(conversation, [str(photo) for photo in photos]).status_code == 422
    with pytest.raises(PhotosTooMany):
        _report(conversation, *photos)
    assert not Report.objects.exists()
    assert not Photo.objects.filter(claimed_by__isnull=False).exists()


def test_the_database_holds_the_limit_too(report: Report) -> None:
    photo = Photo.objects.get(pk=_photo())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportPhoto.objects.create(
            report=report, photo=photo, kind=PhotoKind.CITIZEN, position=CITIZEN_PHOTOS_MAX
        )


def test_a_photo_that_is_gone_or_taken_refuses_the_report(
    metropolis: None, conversation: Conversation
) -> None:
    taken = _photo()
    _report(conversation, taken)
    for photo, code in ((taken, "photo_taken"), (uuid.uuid4(), "photo_unknown")):
        answer = _post(conversation, [str(photo)])
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["fields"] == {"photos": code}
    assert Report.objects.count() == 1


def test_a_repeated_intake_is_the_same_with_the_same_photos_only(
    metropolis: None, conversation: Conversation
) -> None:
    photo = str(_photo())
    first = _post(conversation, [photo])
    assert _post(conversation, [photo]).json() == first.json()
    assert _post(conversation, [str(_photo(2))]).json()["code"] == "idempotency_conflict"
    assert _post(conversation, []).json()["code"] == "idempotency_conflict"
    assert ReportPhoto.objects.count() == 1


def test_a_crew_adds_photos_after_those_that_are_there(report: Report) -> None:
    first, second, third = _photo(1), _photo(2), _photo(3)
    photos_attach(report=report, kind=PhotoKind.BEFORE, photo_ids=[first])
    photos_attach(report=report, kind=PhotoKind.AFTER, photo_ids=[second])
    photos_attach(report=report, kind=PhotoKind.AFTER, photo_ids=[third])
    after = ReportPhoto.objects.filter(report=report, kind=PhotoKind.AFTER)
    assert [(one.position, one.photo_id) for one in after] == [(0, second), (1, third)]
    # What a crew took says nothing about who reported.
    assert photo_signals(report) == ()


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_never_exceed_the_limit(report: Report) -> None:
    photos = [_photo(seed) for seed in range(CITIZEN_PHOTOS_MAX + 3)]
    start = threading.Barrier(len(photos))
    refused: list[str] = []

    def attach(photo: uuid.UUID) -> None:
        start.wait(timeout=30)
        try:
            photos_attach(report=report, kind=PhotoKind.CITIZEN, photo_ids=[photo])
        except PhotosTooMany as error:
            refused.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attach, args=(photo,)) for photo in photos]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 3
    positions = ReportPhoto.objects.values_list("position", flat=True).order_by("position")
    assert list(positions) == list(range(CITIZEN_PHOTOS_MAX))


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_at_once_one_gets_the_photo(
    metropolis: None, conversation: Conversation
) -> None:
    photo = _photo()
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def create() -> None:
        start.wait(timeout=30)
        try:
            _report(conversation, photo)
            outcomes.append("created")
        except PhotosRefused as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["created", *["photo_taken"] * 3]
    assert Report.objects.count() == ReportPhoto.objects.count() == 1


class FakeWallet:
    """Opens rewards; a photo that it saw before puts the reward on the review list."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.reviews: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        response = self._answer(request)
        check_exchange(request, response)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            wallet_id = request.url.path.rpartition("/")[2]
            return httpx.Response(201, json=wallet_out(wallet_id))
        asked = json.loads(request.content)
        photos = set(asked["signals"].get("photos", []))
        self.reviews.append("open" if photos & self.seen else None)
        self.seen |= photos
        reward = reward_out(
            str(uuid.uuid4()),
            wallet_id=asked["wallet_id"],
            rule=asked["rule"],
            channel=asked["channel"],
            evidence=asked["evidence"],
            state="pending",
            review=self.reviews[-1],
        )
        return httpx.Response(201, json=reward)


@pytest.fixture
def wallet(everybody_agrees: None, monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()
    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(double))
    monkeypatch.setattr(http, "client", lambda: client)
    return double


def test_the_same_photo_sent_again_goes_to_the_review_list(
    metropolis: None, conversation: Conversation, wallet: FakeWallet
) -> None:
    for photos in ([_photo(1), _photo(2)], [_photo(3)], [_copy(1)], []):
        reward_synchronise(report_id=_report(conversation, *photos).id)
    assert wallet.reviews == [None, None, "open", None]
    assert len(wallet.seen) == 3


def test_the_page_shows_photos_to_who_may_see_them(
    make_user: Callable[..., User], metropolis: None, conversation: Conversation
) -> None:
    photo = _photo()
    report = _report(conversation, photo)
    photos_attach(report=report, kind=PhotoKind.AFTER, photo_ids=[_photo(2)])
    client = Client()
    client.force_login(make_user("a", "reports.view_report", "photos.view_photo"))
    page = client.get(f"/console/reports/{report.reference}/").text
    assert f"/photos/{photo}/thumbnail" in page
    assert page.index("Photo du citoyen") < page.index("Après intervention")
    assert "photo du citoyen, 1 sur 1" in page
    client.force_login(make_user("b", "reports.view_report"))
    page = client.get(f"/console/reports/{report.reference}/").text
    assert str(photo) not in page
    assert "1 photo, que votre compte ne permet pas de voir" in page
