"""The training loop in Chromium: accessibility, dark mode, narrow windows, keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.training.marking import sentence_mark, sentence_mask
from agent_console.training.models import Correction
from agent_console.training.services import export_make
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .conftest import example, missed
from .test_marking import conversation_of, said
from .test_pages import BASE, MEANT, SAID, path_of, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(
    writes: Client,
    reads: Client,
    accept: Callable[..., Correction],
    author: User,
    metropolis: None,
) -> dict[str, RenderedPage]:
    """Every page with something on it, and those that are refused or empty."""
    empty = writes.get(BASE)
    before = said("un frigo")
    sentence_mark(message_id=before.pk, actor=author)
    sentence_mask(message_id=before.pk)
    accept(example("trou 12 rue Paradis", "report_issue", "pothole", address="12 rue Paradis"))
    accept(example("yo", "greet"), understood="out_of_scope")
    export_make(actor=None)
    accept(example("ciao [personne]", "goodbye"))
    sentence = missed(SAID)
    refused = writes.post(path_of(sentence), {**MEANT, "category": "", "entity_place": "là-bas"})
    preview = writes.post(path_of(sentence), MEANT)
    blank = writes.get(path_of(sentence))
    made = propose(writes, sentence)
    marked = said()
    talk = reads.get(conversation_of(marked))
    sentence_mark(message_id=marked.pk, actor=author)
    addresses = (BASE, f"{BASE}confusions/", f"{BASE}exports/", "/console/analyses/phrases/")
    answers = {path: reads.get(path) for path in addresses}
    answers |= {
        made: reads.get(made),
        "/undecided": reads.post(f"{made}decision/", {"act": "refused"}),
        "/empty": empty,
        "/conversation": talk,
        "/masking": reads.get(f"{BASE}phrases/{marked.pk}/"),
        "/marked": reads.get(conversation_of(marked)),
        "/blank": blank,
        "/preview": preview,
        "/refused": refused,
        "/undo": reads.get(f"{BASE}phrases/{before.pk}/"),
        "/phrases": reads.get("/console/analyses/phrases/?du=2026-03-01&au=2026-03-31"),
    }
    return {
        path: RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
        for path, answer in answers.items()
    }


def test_pages_in_a_browser(pages: dict[str, RenderedPage]) -> None:
    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    complaints: list[str] = []
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            serve(context, pages)
            page = context.new_page()
            page.on("console", lambda line: complaints.append(line.text))
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
            context.close()
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
        page.goto(f"{ORIGIN}{BASE}confusions/")
        page.locator("td.number a").first.focus()
        with page.expect_request(f"{ORIGIN}{BASE}?**") as asked:
            page.keyboard.press("Enter")
        assert "compris=" in asked.value.url
    assert found == {path: [] for path in found}
    assert widths == dict.fromkeys(pages, 320)
    assert [line for line in complaints if "Content Security Policy" in line] == []
