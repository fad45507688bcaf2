"""The widget on a page that is not ours, with pictures, positions, and what came meanwhile."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from channels_config.web.tests.fake_chat import FakeChat
from channels_config.web.tests.portal import Portal, write
from service_kit.browser import ORIGIN, headless, violations

# Plain HTTP and nothing allowed but what the README asks for: what a careful site would do.
FOREIGN = "http://www.commune.example/"
POLICY = (
    f"default-src 'none'; style-src 'self'; script-src {ORIGIN}; "
    f"connect-src {ORIGIN} {ORIGIN.replace('http', 'ws')}; base-uri 'none'"
)
HTML = f"""<!doctype html><html lang="%s" dir="%s"><head><title>Commune</title>
<link rel="stylesheet" href="/site.css">
<script src="{ORIGIN}/static/web/mdmp-chat.js" defer></script>
</head><body><main><h1>Commune</h1></main><mdmp-chat></mdmp-chat></body></html>"""
CSS = "button { display: none } mdmp-chat { --mdmp-chat-accent: rgb(120, 0, 60) }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with headless() as launched:
        yield launched


class Uploads:
    """Takes pictures as the server would; ``is_down``: not now."""

    def __init__(self) -> None:
        self.is_down = False
        self.bodies: list[bytes] = []

    def take(self, route: Route) -> None:
        if self.is_down:
            route.abort()
            return
        self.bodies.append(route.request.post_data_buffer or b"")
        route.fulfill(
            status=201,
            json={"photo": f"reference-{len(self.bodies)}"},
            headers={"access-control-allow-origin": "*"},
        )


@pytest.fixture
def uploads() -> Uploads:
    return Uploads()


@pytest.fixture
def portal(browser: Browser, client: Client, uploads: Uploads) -> Iterator[Portal]:
    portal = Portal(browser, FakeChat(), client)
    portal.context.route(f"{ORIGIN}/channels/web/photos", uploads.take)
    portal.context.route(
        f"{ORIGIN}/photos/signed/**",
        lambda route: route.fulfill(
            body=picture("JPEG"),
            content_type="image/jpeg",
            headers={"access-control-allow-origin": "*"},
        ),
    )
    yield portal
    portal.context.close()
    assert portal.complaints == []


def picture(kind: str = "PNG") -> bytes:
    """An orange picture with a place in its metadata."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "chez moi"
    Image.new("RGB", (2000, 1000), "orange").save(file, kind, exif=exif)
    return file.getvalue()


def choose(page: Page, name: str = "trou.png", content: bytes | None = None) -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": content or picture()}
    page.get_by_test_id("chat-file").set_input_files(file)  # type: ignore[arg-type]


def embed(portal: Portal, *, lang: str = "fr", direction: str = "ltr") -> Page:
    html = HTML % (lang, direction)
    portal.context.route(
        f"{FOREIGN}**",
        lambda route: (
            route.fulfill(body=CSS, content_type="text/css")
            if route.request.url.endswith(".css")
            else route.fulfill(
                body=html,
                content_type="text/html",
                headers={"content-security-policy": POLICY},
            )
        ),
    )
    page = portal.context.new_page()
    page.goto(FOREIGN)
    return page


def test_a_strict_page_of_another_site_embeds_it_in_its_own_colour(
    portal: Portal, uploads: Uploads
) -> None:
    page = embed(portal)
    opener = page.get_by_role("button", name="Écrire à l’assistant")
    expect(opener).to_have_css("background-color", "rgb(120, 0, 60)")
    opener.click()
    choose(page)
    expect(page.get_by_role("list", name="Photos à envoyer").get_by_role("img")).to_be_visible()
    write(page, "Un trou")
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoyé")
    assert portal.chat.messages[0]["photos"] == [{"url": "/photos/signed/reference-1"}]
    page.reload()
    expect(page.locator(".message canvas.photo")).to_be_visible()  # shown by the server now
    assert violations(page) == []


def test_what_comes_while_it_is_reduced_is_counted_until_it_is_read(portal: Portal) -> None:
    page = embed(portal)
    page.get_by_role("button", name="Écrire à l’assistant").click()
    write(page, "Bonjour")
    expect(page.get_by_text("envoyé")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Écrire à l’assistant")).to_be_focused()
    portal.chat.say("Bonjour !")
    portal.chat.say("Que se passe-t-il ?")
    counted = page.get_by_role("button", name="(2 messages non lus)")
    expect(counted).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="2 messages non lus")).to_have_count(1)
    page.reload()  # left reduced, it stays so
    expect(page.get_by_test_id("chat-input")).to_be_hidden()
    counted.click()
    expect(page.get_by_text("Que se passe-t-il ?")).to_be_visible()
    page.reload()  # left open, it is open again
    expect(page.get_by_text("Que se passe-t-il ?")).to_be_visible()
    page.get_by_role("button", name="Réduire la discussion").click()
    expect(page.get_by_role("button", name="Écrire à l’assistant", exact=True)).to_be_visible()


def test_reading_back_is_not_disturbed_by_what_arrives(portal: Portal) -> None:
    for number in range(40):
        portal.chat.store("bot", f"Message {number}", None, [])
    page = portal.opened()
    expect(page.get_by_text("Message 39", exact=True)).to_be_in_viewport()
    log = page.get_by_test_id("chat-log")
    log.evaluate(
        "node => new Promise(done => {"
        " node.addEventListener('scroll', () => done(), {once: true}); node.scrollTop = 0 })"
    )
    portal.chat.say("Le dernier")
    newer = page.get_by_role("button", name="Nouveaux messages")
    expect(newer).to_be_visible()
    assert log.evaluate("node => node.scrollTop") == 0
    newer.click()
    expect(page.get_by_text("Le dernier")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_a_photo_leaves_without_its_metadata_and_survives_a_reload(
    portal: Portal, uploads: Uploads
) -> None:
    page = portal.opened()
    choose(page)
    page.get_by_role("button", name="Retirer la photo").click()
    expect(page.get_by_role("list", name="Photos à envoyer")).to_be_hidden()
    uploads.is_down = True
    choose(page)
    expect(page.get_by_role("button", name="Retirer la photo")).to_be_visible()
    with page.expect_event("requestfailed"):
        page.get_by_test_id("chat-send").click()  # without a word
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoi…")
    portal.complaints.clear()  # the browser's own line about the network
    uploads.is_down = False
    page.reload()
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoyé")
    expect(page.get_by_test_id("message-citizen")).to_have_count(1)
    (body,) = uploads.bodies
    assert b'name="ticket"\r\n\r\nbillet' in body
    assert b"\xff\xd8\xff" in body
    assert b"chez moi" not in body
    sent = Image.open(io.BytesIO(body[body.index(b"\xff\xd8\xff") :]))
    assert sent.size == (1600, 800)
    assert [frame["photos"] for frame in portal.chat.received if frame["type"] == "send"] == [
        ["reference-1"]
    ]


def test_a_dropped_file_is_taken_and_what_is_no_photo_is_said_so(portal: Portal) -> None:
    page = portal.opened()
    transfer = page.evaluate_handle(
        """async (bytes) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "a.png", { type: "image/png" }));
            return transfer;
        }""",
        list(picture()),
    )
    panel = page.locator("section.panel")
    panel.dispatch_event("dragover", {"dataTransfer": transfer})
    expect(page.get_by_text("Déposez la photo ici")).to_be_visible()
    panel.dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.get_by_text("Déposez la photo ici")).to_be_hidden()
    expect(page.get_by_role("button", name="Retirer la photo")).to_be_visible()
    choose(page, "note.pdf", b"%PDF-1.7")
    expect(page.get_by_role("status")).to_contain_text("n’est pas une photo")
    for _ in range(3):
        choose(page)
    expect(page.get_by_role("status")).to_contain_text("Trois photos au plus")
    expect(page.get_by_role("button", name="Retirer la photo")).to_have_count(3)
    assert violations(page) == []


def test_a_position_is_sent_when_asked_for_and_its_refusal_is_explained(portal: Portal) -> None:
    page = portal.opened()
    locate = page.get_by_role("button", name="Envoyer ma position")
    locate.click()
    expect(page.get_by_role("status")).to_contain_text("Écrivez plutôt l’adresse")
    portal.context.grant_permissions(["geolocation"], origin=ORIGIN)
    portal.context.set_geolocation({"latitude": 43.29651, "longitude": 5.3698})
    locate.click()
    mine = page.get_by_test_id("message-citizen")
    expect(mine).to_contain_text("Ma position (43,29651 ; 5,3698)")
    expect(mine).to_contain_text("envoyé")
    assert portal.chat.messages[0]["location"] == {"latitude": 43.29651, "longitude": 5.3698}


def test_it_speaks_english_reads_from_the_right_and_keeps_still(portal: Portal) -> None:
    page = embed(portal, lang="en-GB", direction="rtl")
    page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    opener = page.get_by_role("button", name="Write to the assistant")
    box = opener.bounding_box()
    assert box is not None
    assert box["x"] < 20
    opener.click()
    write(page, "مرحبا")
    expect(page.get_by_text("sent", exact=False).first).to_be_visible()
    assert portal.chat.received[0]["locale"] == "en"
    portal.chat.typing(True)
    typing = page.get_by_text("The assistant is writing…")
    expect(typing).to_be_visible()
    moving = "node => getComputedStyle(node, '::before').animationName"
    assert typing.evaluate(moving) == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    words = page.locator(".message .words")
    assert words.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert violations(page) == []
