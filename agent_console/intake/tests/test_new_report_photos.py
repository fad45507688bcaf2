"""Photos of a report that an operator writes down: sent one by one, and never lost by a refusal."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import FilePayload, Route, expect

from agent_console.intake import access
from agent_console.intake.tests.test_new_report import URL, said
from agent_console.photos.models import Photo, Uploader
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.reports.models import Report
from agent_console.reports.photos import photos_shown
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.usefixtures("metropolis", "photo_files")
ADD = f"{URL}photos/"


@pytest.fixture
def desk(make_user: Callable[..., User], client: Client) -> Client:
    """Somebody who writes reports down and may not see photos of others."""
    client.force_login(make_user("standard", access.ADD_REPORTS))
    return client


def _sent(desk: Client, content: bytes | None = None) -> str:
    """A photo's number, as its line of the form holds it."""
    sent = SimpleUploadedFile("IMG_1.jpg", content or encoded(scene(1)))
    line = desk.post(ADD, {"photo": sent}).text
    found = re.search(r'name="photos" value="([0-9a-f-]{36})"', line)
    assert found, line
    return found[1]


def test_photos_are_joined_in_their_order_when_the_report_is_saved(desk: Client) -> None:
    photos = [_sent(desk, encoded(scene(seed))) for seed in (1, 2)]
    response = desk.post(URL, said() | {"photos": photos[::-1]})
    assert response.status_code == 302
    ((label, shown),) = photos_shown(Report.objects.get())
    assert [str(one.photo_id) for one in shown] == photos[::-1]
    assert label == "Photo du citoyen"
    assert set(Photo.objects.values_list("uploader", flat=True)) == {Uploader.STAFF}


def test_a_form_that_is_checked_or_refused_keeps_its_photos_and_shows_them(desk: Client) -> None:
    photo = _sent(desk)
    for changed in ({"commune": "Paris"}, {"asked": ""}):
        page = desk.post(URL, said(**changed) | {"photos": [photo]}).text
        assert f'name="photos" value="{photo}"' in page
        address = re.search(r'<img src="(/photos/signed/[^"]+)"', page)
        assert address
        assert desk.get(address[1]).headers["Content-Type"] == "image/jpeg"
    assert not Report.objects.exists()


def test_sent_twice_is_one_report_with_its_photo(desk: Client) -> None:
    sent = said() | {"photos": [_sent(desk)]}
    assert desk.post(URL, sent).url == desk.post(URL, sent).url  # type: ignore[attr-defined]
    assert Report.objects.get().photos.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "JPEG, PNG ou WebP"),
        (encoded(scene(1))[:900], "incomplète ou abîmée"),
        (encoded(scene(1, (20, 20))), "trop petite"),
    ],
    ids=["svg", "cut off", "tiny"],
)
def test_what_is_no_photo_is_refused_in_french_and_not_kept(
    desk: Client, content: bytes, words: str
) -> None:
    response = desk.post(ADD, {"photo": SimpleUploadedFile("photo.jpg", content)})
    assert response.status_code == 422
    assert words in response.json()["message"]
    assert not Photo.objects.exists()


def test_a_request_without_a_photo_says_so(desk: Client) -> None:
    response = desk.post(ADD)
    assert (response.status_code, response.json()["code"]) == (422, "photo_empty")


def test_a_sixth_photo_is_refused_and_the_others_stay(desk: Client) -> None:
    photos = [_sent(desk, encoded(scene(seed))) for seed in range(6)]
    response = desk.post(URL, said() | {"photos": photos})
    assert response.status_code == 422
    assert "au plus 5\u00a0photos" in response.text or "au plus 5 photos" in response.text
    assert response.text.count('name="photos"') == 6
    assert not Report.objects.exists()


@pytest.mark.parametrize("number", [str(uuid.uuid4()), "nothing"])
def test_a_photo_that_is_gone_is_said_and_dropped(desk: Client, number: str) -> None:
    kept = _sent(desk)
    response = desk.post(URL, said() | {"photos": [kept, number]})
    assert response.status_code == 422
    assert "Cette photo n’existe plus" in response.text
    assert number not in response.text
    assert not Report.objects.exists()


def test_another_reports_photo_is_neither_shown_nor_joined(desk: Client) -> None:
    photo = _sent(desk)
    desk.post(URL, said() | {"photos": [photo]})
    changed = said(address="3 rue Breteuil", seen=Report.objects.get().reference)
    response = desk.post(URL, changed | {"photos": [photo]})
    assert response.status_code == 422
    assert "déjà jointe à un autre dossier" in response.text
    assert "/photos/signed/" not in response.text
    assert Report.objects.count() == 1


def test_attaching_the_caller_says_that_photos_are_left_out(desk: Client) -> None:
    desk.post(URL, said())
    other = Report.objects.get().reference
    photos = {"photos": [_sent(desk)]}
    response = desk.post(URL, said(attach=other) | photos, follow=True)
    assert "Les photos n’ont pas été jointes" in response.text


def test_it_needs_the_permission(client: Client, make_user: Callable[..., User]) -> None:
    client.force_login(make_user("reader", access.VIEW_REPORTS))
    assert client.post(ADD).status_code == 403


def test_photos_are_chosen_seen_taken_out_and_sent_along(desk: Client, photo_files: Path) -> None:
    number = _sent(desk)
    line = desk.post(ADD, {"photo": SimpleUploadedFile("a.jpg", encoded(scene(1)))}).text
    response = desk.get(URL)
    page_of = RenderedPage(response.text, response.headers["Content-Security-Policy"])
    large = encoded(scene(3, (4200, 3100)), quality=97)
    assert len(large) > 1_000_000
    bodies: list[int] = []

    def answer(route: Route) -> None:
        bodies.append(len(route.request.post_data_buffer or b""))
        if len(bodies) == 2:
            route.fulfill(status=422, json={"code": "photo_damaged", "message": "Photo abîmée."})
        else:
            route.fulfill(body=line, content_type="text/html")

    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, {URL: page_of})
        context.route(f"**{ADD}", answer)
        context.route(
            "**/photos/signed/**",
            lambda route: route.fulfill(body=encoded(scene(1)), content_type="image/jpeg"),
        )
        page = context.new_page()
        page.goto(ORIGIN + URL)
        field = page.get_by_label("Ajouter des photos")
        photos = page.get_by_alt_text("Photo à joindre")
        files: list[FilePayload] = [
            {"name": f"IMG_{nth}.jpg", "mimeType": "image/jpeg", "buffer": large}
            for nth in range(2)
        ]
        field.set_input_files(files)
        expect(page.get_by_text("IMG_1.jpg : Photo abîmée.")).to_be_visible()
        expect(photos).to_have_count(1)
        field.set_input_files(
            {"name": "notes.pdf", "mimeType": "image/png", "buffer": b"x" * 950_000}
        )
        expect(page.get_by_text("notes.pdf : ce fichier n’est pas une photo")).to_be_visible()
        field.set_input_files([files[0]] * 5)
        expect(page.get_by_text("IMG_0.jpg : un signalement porte au plus")).to_be_visible()
        expect(photos).to_have_count(5)
        expect(field).to_be_disabled()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.get_by_role("button", name="Retirer cette photo").first.click()
        expect(photos).to_have_count(4)
        expect(field).to_be_focused()
        with page.expect_request(
            lambda one: one.method == "POST" and one.url.endswith("/new/")
        ) as it:
            page.get_by_test_id("save-report").click()
        assert (it.value.post_data or "").count("photos=") == 4
    assert max(bodies) < 1_000_000
    assert number
