"""Without a network: the page opens, what is written stays, and is sent exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Response, expect

from agent_console.crews.models import CrewAction, CrewMember
from agent_console.crews.tests.conftest import CREW, PAGE
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.reports.models import Report, ReportPhoto
from agent_console.reports.workflow import State
from service_kit.browser import headless


@pytest.fixture
def _queue_emptied(transactional_db: None) -> Iterator[None]:
    """Jobs that a test commits would be found by the next one: they are in no table of Django's."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_queue_emptied"),
]


@pytest.fixture
def report(give: Callable[..., Report]) -> Report:
    return give()


def _signed_in(context: BrowserContext, server: str, client: Client) -> None:
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": server}])


def test_a_draft_written_offline_is_sent_once_when_the_network_is_back(
    live_server: Any, phone: Client, report: Report, photo_files: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(encoded(scene(3, (3000, 2000)), quality=97))
    assert photo.stat().st_size > 1_000_000, "larger than the console takes in one request"
    address = f"{live_server.url}{PAGE}{report.reference}/"
    posts: list[str] = []

    def answered(answer: Response) -> None:  # an attempt without a network has no answer
        if answer.request.method == "POST":
            posts.append(answer.url)

    with headless() as browser:
        context = browser.new_context(viewport={"width": 360, "height": 640})
        _signed_in(context, live_server.url, phone)
        page = context.new_page()
        page.goto(f"{live_server.url}{PAGE}")
        page.wait_for_selector("body[data-kept='2']")  # the list and the page of its only report

        context.set_offline(True)
        page.goto(address)  # never visited before
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_selector("body[data-ready]")
        page.get_by_label("Photo après").set_input_files(photo)
        expect(page.get_by_test_id("draft")).to_have_count(1)
        page.get_by_role("button", name="Résolu", exact=True).click()
        page.get_by_label("C’est réparé").check()
        page.get_by_label("Précision").fill("Enrobé à froid")
        page.get_by_role("button", name="Déclarer résolu").click()
        expect(page.get_by_test_id("draft")).to_have_count(2)
        expect(page.get_by_role("heading", name="À envoyer (2)")).to_be_visible()

        page.reload()
        page.wait_for_selector("body[data-ready]")
        expect(page.get_by_test_id("draft")).to_have_count(2)
        expect(page.get_by_text("Enrobé à froid")).to_be_visible()
        expect(page.get_by_role("button", name="Résolu", exact=True)).to_be_hidden()
        page.goto(f"{live_server.url}{PAGE}")
        expect(page.get_by_test_id("job")).to_have_count(1)
        expect(page.get_by_test_id("draft")).to_have_count(2)

        page.on("response", answered)
        context.set_offline(False)
        expect(page.get_by_text("C’est résolu\u00a0: le citoyen est interrogé.")).to_be_visible()
        expect(page.get_by_test_id("draft")).to_have_count(0)
        expect(page.get_by_test_id("job")).to_have_count(0)
        page.goto(address)
        expect(page.get_by_test_id("no-step")).to_be_visible()
    assert [url.rsplit("/", 2)[1] for url in posts] == ["photo_after", "resolve"]
    report.refresh_from_db()
    assert report.state == State.RESOLVED
    assert report.transitions.filter(action="resolve", reason="Enrobé à froid").count() == 1
    assert list(CrewAction.objects.order_by("at").values_list("action", flat=True)) == [
        "photo_after",
        "resolve",
    ]
    joined = ReportPhoto.objects.select_related("photo").get()
    assert (joined.kind, joined.photo.width, joined.photo.height) == ("after", 1600, 1067)


def test_an_answer_lost_on_the_way_is_asked_for_again_and_done_once(
    live_server: Any, phone: Client, report: Report
) -> None:
    with headless() as browser:
        context = browser.new_context(service_workers="block")
        _signed_in(context, live_server.url, phone)
        page = context.new_page()
        page.goto(f"{live_server.url}{PAGE}{report.reference}/")
        page.wait_for_selector("body[data-ready]")

        def lose(route: Any) -> None:
            route.fetch()  # the service does it, and nobody hears of it
            route.abort()

        page.route("**/start/", lose, times=1)
        page.get_by_role("button", name="Commencer").click()
        expect(page.get_by_text("Envoi dès que le réseau revient.")).to_be_visible()
        expect(page.get_by_text("L’intervention a commencé.")).to_be_visible()  # by itself
        expect(page.get_by_test_id("draft")).to_have_count(0)
    assert report.transitions.filter(action="start").count() == 1
    assert CrewAction.objects.count() == 1


def test_what_a_colleague_overtook_stays_on_the_phone_with_the_reason(
    live_server: Any, phone: Client, operator: User, report: Report
) -> None:
    with headless() as browser:
        context = browser.new_context(service_workers="block")
        _signed_in(context, live_server.url, phone)
        page = context.new_page()
        page.goto(f"{live_server.url}{PAGE}{report.reference}/")
        page.wait_for_selector("body[data-ready]")
        page.get_by_role("button", name="Mauvais service", exact=True).click()
        page.get_by_label("Pourquoi").fill("C’est une fuite d’eau")

        def overtaken(route: Any) -> None:
            route.fulfill(
                status=409,
                json={
                    "code": "transition_refused",
                    "message": "Ce signalement est déjà « Résolu ».",
                },
            )

        page.route("**/wrong_service/", overtaken)
        page.get_by_role("button", name="Rendre").click()
        draft = page.get_by_test_id("draft")
        expect(draft).to_contain_text("déjà « Résolu »")
        expect(draft).to_contain_text("C’est une fuite d’eau")
        page.reload()
        expect(draft).to_contain_text("C’est une fuite d’eau")
        with page.expect_request("**/wrong_service/"):
            page.get_by_role("button", name="Envoyer maintenant").click()
        expect(draft).to_contain_text("déjà « Résolu »")
        page.once("dialog", lambda dialog: dialog.accept())
        draft.get_by_role("button", name="Supprimer").click()
        expect(draft).to_have_count(0)


def test_typed_words_come_back_and_signing_out_takes_everything_along(
    live_server: Any, phone: Client, report: Report
) -> None:
    stored = "async () => [(await caches.keys()).length, (await indexedDB.databases()).length]"
    with headless() as browser:
        context = browser.new_context()
        _signed_in(context, live_server.url, phone)
        page = context.new_page()
        page.goto(f"{live_server.url}{PAGE}")
        page.wait_for_selector("body[data-kept='2']")
        address = f"{live_server.url}{PAGE}{report.reference}/"
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        page.get_by_role("button", name="Résolu", exact=True).click()
        page.get_by_label("Précision").fill("À finir demain")
        page.reload()
        page.wait_for_selector("body[data-ready]")
        page.get_by_role("button", name="Résolu", exact=True).click()
        expect(page.get_by_label("Précision")).to_have_value("À finir demain")
        page.keyboard.press("Escape")
        assert page.evaluate(stored) == [1, 1]
        page.get_by_role("button", name="Se déconnecter").click()
        page.wait_for_url("**/console/login/**")
        assert page.evaluate(stored) == [0, 0]
        context.set_offline(True)
        with pytest.raises(Exception, match="ERR_"):
            page.goto(address)
    assert not CrewAction.objects.exists()


def test_another_account_on_the_same_phone_gets_pages_and_drafts_of_its_own(
    live_server: Any, phone: Client, report: Report, make_user: Callable[..., User]
) -> None:
    colleague = make_user("collegue", *CREW)
    CrewMember.objects.create(user=colleague, service=report.assigned_to)
    other = Client()
    other.force_login(colleague)
    kept = (
        "async () => [...await Promise.all((await (await caches.open('crew-pages')).keys())"
        ".filter((one) => !one.url.includes('/static/'))"
        ".map(async (one) => (await (await caches.match(one, {ignoreVary: true})).text())"
        ".match(/data-owner=.(\\d+)/)[1]))]"
    )
    with headless() as browser:
        context = browser.new_context()
        _signed_in(context, live_server.url, phone)
        page = context.new_page()
        page.goto(f"{live_server.url}{PAGE}")
        page.wait_for_selector("body[data-kept='2']")
        mine = page.evaluate(kept)
        page.goto(f"{live_server.url}{PAGE}{report.reference}/")
        page.wait_for_selector("body[data-ready]")
        context.set_offline(True)
        page.get_by_role("button", name="Commencer").click()
        expect(page.get_by_test_id("draft")).to_have_count(1)
        context.clear_cookies()
        context.set_offline(False)
        expect(page.get_by_text("Reconnectez-vous pour envoyer.")).to_be_visible()
        _signed_in(context, live_server.url, other)
        page.goto(f"{live_server.url}{PAGE}")
        page.wait_for_selector("body[data-kept='2']")
        expect(page.get_by_test_id("draft")).to_have_count(0)
        theirs = page.evaluate(kept)
    assert len(mine) == len(theirs) == 2
    assert set(theirs) == {str(colleague.pk)} != set(mine)
    assert not CrewAction.objects.exists(), "nobody sends under a colleague's name"
