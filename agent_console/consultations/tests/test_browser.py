"""The public pages in Chromium: accessibility, 320 pixels, and voting with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from agent_console.citizens.models import Resident
from agent_console.consultations.counting import ballots_count
from agent_console.consultations.models import Consultation, Proposal, ProposalState
from agent_console.consultations.proposals import proposal_submit
from agent_console.consultations.services import consultation_publish, consultations_close_due
from agent_console.consultations.tests.conftest import AIX, ballot_of, ended, vote
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(
    client: Client,
    make_consultation: Callable[..., Consultation],
    supervisor: User,
) -> dict[str, RenderedPage]:
    """Every screen in its states, rendered before the browser starts."""
    rendered: dict[str, RenderedPage] = {}

    def keep(name: str, response: object) -> None:
        rendered[name] = RenderedPage(
            response.text,  # type: ignore[attr-defined]
            response.headers["Content-Security-Policy"],  # type: ignore[attr-defined]
        )

    keep("/empty", client.get("/consultations/"))
    over = make_consultation()
    for number in range(24):
        insee = AIX if number < 12 else ""
        vote(over, Resident.objects.create(), 1 + (number % 4 == 0), insee=insee)
    author = Resident.objects.create().pk
    proposal_submit(consultation_id=over.pk, resident_id=author, text="Des bancs")
    Proposal.objects.update(state=ProposalState.ACCEPTED)
    ended(over)
    consultations_close_due(now=timezone.now())
    keep("/closed", client.get(f"/consultations/{over.pk}/"))
    ballots_count(consultation_id=over.pk)
    consultation_publish(consultation_id=over.pk, actor=supervisor)
    keep("/results", client.get(f"/consultations/{over.pk}/resultats/"))
    keep("/results-en", client.get(f"/consultations/{over.pk}/resultats/?lang=en"))
    receipt = f"/consultations/{over.pk}/recepisse/"
    keep("/receipt", client.post(receipt, {"code": over.counted.values_list("pk")[0][0]}))
    keep("/receipt-empty", client.post(receipt, {}))
    consultation = make_consultation()
    keep("/consultations/", client.get("/consultations/"))
    keep("/unverified", client.get(f"/consultations/{consultation.pk}/"))
    voter = Resident.objects.create()
    address = ballot_of(consultation, voter)
    keep("/ballot", client.get(address))
    keep("/ballot-en", client.get(f"{address}?lang=en"))
    keep("/refused", client.post(address, {}))
    keep("/link-ended", client.get("/consultations/bulletin/x/"))
    vote(consultation, voter)
    keep("/voted", client.get(address))
    return rendered


def test_pages_are_accessible_and_fit_a_phone(pages: dict[str, RenderedPage]) -> None:
    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
                widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert found == {path: [] for path in found}
    assert widths == dict.fromkeys(pages, 320)


def test_one_votes_with_the_keyboard_alone(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}/ballot")
        radios = page.get_by_role("radio")
        expect(radios).to_have_count(2)
        while not radios.first.evaluate("radio => radio === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(radios.first).to_be_checked()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label("Non", exact=True)).to_be_checked()
        page.keyboard.press("Tab")
        expect(page.get_by_label("Votre commune ou arrondissement")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Voter")).to_be_focused()
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.keyboard.press("Enter")
        body = parse_qs(sent.value.post_data or "", keep_blank_values=True)
        assert len(body["choice"]) == len(body["key"]) == 1
