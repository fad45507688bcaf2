"""Availability in the header, offers under it, and the supervisors' page of agents."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Route, expect

from agent_console.conversations.desk.models import Team, WaitingReason
from agent_console.conversations.desk.waiting import person_asked
from agent_console.conversations.models import Conversation
from agent_console.conversations.routing.assigning import conversations_assign
from agent_console.conversations.routing.models import AssignmentRules, Availability, Skillset
from agent_console.intake import access
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
AGENT = (access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS)
AGENTS = "/console/conversations/agents/"
RULES = "/console/conversations/settings/assignment/"


@pytest.fixture
def camille(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user("camille", *AGENT))
    return client


@pytest.fixture
def chief(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user("cheffe", *AGENT, access.MANAGE_DESK))
    return client


@pytest.fixture
def offered(camille: Client, conversation: Conversation) -> Conversation:
    """A conversation that is offered to Camille."""
    AssignmentRules.objects.create(is_automatic=True)
    camille.post("/console/availability/", {"state": "available"})
    person_asked(conversation, reason=WaitingReason.ASKED)
    assert conversations_assign(now=timezone.now()) == 1
    return conversation


def test_an_agent_says_whether_they_are_there_on_the_page_where_they_are(camille: Client) -> None:
    assert 'data-availability=""' in camille.get("/console/").text
    part = camille.post("/console/availability/", {"state": "busy"}, headers=HTMX).text
    assert 'value="busy" aria-pressed="true"' in part
    there = "http://testserver/console/conversations/?shown=mine"
    said = camille.post(
        "/console/availability/", {"state": "available"}, headers={"Referer": there}
    )
    assert said.headers["Location"] == there
    elsewhere = camille.post(
        "/console/availability/",
        {"state": "away"},
        headers={"Referer": "https://ailleurs.example/"},
    )
    assert elsewhere.headers["Location"] == "/console/"
    assert "Vous êtes absent" in camille.get("/console/").text
    assert camille.post("/console/availability/", {"state": "ailleurs"}).status_code == 400
    seen = Availability.objects.get().seen_at
    assert camille.post("/console/availability/presence/").status_code == 204
    assert Availability.objects.get().seen_at == seen  # who is away stays so


def test_what_is_offered_is_seen_taken_or_left_to_the_next(
    camille: Client, chief: Client, offered: Conversation
) -> None:
    page = camille.get("/console/").text
    assert "Une conversation vous est proposée" in page
    assert "demande une personne" in page
    assert "proposée" not in chief.get("/console/parts/offers/").text
    assert "Proposée à camille" in chief.get(f"/console/conversations/{offered.pk}/").text
    decline = f"/console/conversations/{offered.pk}/decline/"
    assert "ne vous est pas proposée" in chief.post(decline, follow=True).text
    assert "laissée au suivant" in camille.post(decline, follow=True).text
    assert "proposée" not in camille.get("/console/parts/offers/").text
    assert conversations_assign(now=timezone.now()) == 1  # nobody else is there
    taken = camille.post(f"/console/conversations/{offered.pk}/take/", follow=True).text
    assert "Vous répondez maintenant" in taken
    assert "vous est proposée" not in taken


def test_only_supervisors_see_and_set_what_agents_can_be_offered(
    camille: Client, chief: Client, offered: Conversation
) -> None:
    user = User.objects.get(username="camille")
    skills = f"{AGENTS}{user.pk}/"
    for path in (AGENTS, skills, RULES, "/console/parts/agents/"):
        assert camille.get(path).status_code == 403
    page = chief.get(AGENTS).text
    assert "0 sur 3, 1 proposée" in page
    assert "Disponible" in page
    team = Team.objects.create(name="Voirie")
    wanted = {"capacity": 5, "locales": ["fr", "en"], "channels": ["sms"], "teams": [team.pk]}
    assert "à la fois" in chief.post(skills, wanted | {"seen": 0, "capacity": 0}).text
    assert not Skillset.objects.exists()
    done = chief.post(skills, wanted | {"seen": 0}, follow=True).text
    assert "C’est enregistré." in done
    assert "Conversations à la fois&nbsp;: 3 → 5" in done
    assert "Équipes&nbsp;: aucun → Voirie" in done
    refused = chief.post(skills, wanted | {"seen": 0, "capacity": 9})
    assert refused.status_code == 409
    assert "Un collègue vient de changer ce réglage" in refused.text
    rules = {"seen": 0, "is_automatic": "", "answer_within_min": 5, "told_after_min": 15}
    page = chief.post(RULES, rules, follow=True).text
    assert "chacun prend dans la file" in page
    assert "Attribution automatique&nbsp;: oui → non" in page
    assert AssignmentRules.objects.get().answer_within_min == 5


def test_the_list_of_agents_costs_the_same_for_many(
    chief: Client, make_user: Callable[..., User]
) -> None:
    with CaptureQueriesContext(connection) as one:
        chief.get("/console/parts/agents/")
    for number in range(4):
        make_user(f"agent{number}", access.ANSWER_CONVERSATIONS)
    with CaptureQueriesContext(connection) as five:
        chief.get("/console/parts/agents/")
    assert len(five) == len(one)


def test_the_pages_break_no_rule_and_the_buttons_say_where_one_is(
    camille: Client, chief: Client, offered: Conversation
) -> None:
    pk = User.objects.get(username="camille").pk
    chief.post(RULES, {"seen": 0, "answer_within_min": 5, "told_after_min": 15})
    pages = {}
    for client, path in (
        (chief, AGENTS),
        (chief, f"{AGENTS}{pk}/"),
        (chief, RULES),
        (camille, "/console/conversations/"),
    ):
        found = client.get(path)
        pages[path] = RenderedPage(found.text, found.headers["Content-Security-Policy"])
    busy = camille.post("/console/availability/", {"state": "busy"}, headers=HTMX).text
    said: list[str] = []

    def answer(route: Route) -> None:
        said.append(f"{route.request.url} {route.request.post_data}")
        route.fulfill(body=busy, content_type="text/html")

    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 800})
        serve(context, pages)
        context.route(lambda url: "/console/availability/" in url, answer)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert (path, violations(page)) == (path, [])
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        page.emulate_media(color_scheme="dark")
        assert violations(page, contrast_only=True) == []
        button = page.get_by_role("button", name="Occupé")
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        assert any("state=busy" in line for line in said)
        assert any("/availability/presence/" in line for line in said)
