"""The settings in Chromium: accessibility rules and narrow windows."""

import pytest
from django.test import Client

from agent_console.case_admin.services import seen_tag
from agent_console.opening.models import DeskException
from agent_console.reports.models import OnCallSettings
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
CLOSURE = {"first_day": "2027-05-03", "last_day": "2027-05-03", "reason": "Inventaire"}
PATHS = ["", "categories/", "categories/pothole/", "questions/add/", "quiet/1/", "rules/",
         "desk/", "desk/7/", "closures/", "closures/add/", "replies/add/"]  # fmt: skip


@pytest.fixture
def pages(console: Client) -> dict[str, RenderedPage]:
    seen = seen_tag(OnCallSettings.objects.get())
    console.post(
        "/console/settings/oncall/1/", {"repeat_minutes": "5", "levels": "2", "seen": seen}
    )
    console.post("/console/settings/closures/add/", CLOSURE)
    [closure] = DeskException.objects.all()
    gone = f"/console/settings/closures/{closure.pk}/delete/"
    console.post(gone, {"seen": seen_tag(closure)})
    rendered = {}
    for path in PATHS:
        address = f"/console/settings/{path}"
        response = console.get(address)
        assert response.status_code == 200
        policy = response.headers["Content-Security-Policy"]
        rendered[address] = RenderedPage(response.text, policy)
    refused = console.post("/console/settings/oncall/1/", {"repeat_minutes": "0"})
    rendered["/refused"] = RenderedPage(refused.text, refused.headers["Content-Security-Policy"])
    return rendered


def test_the_settings_are_accessible_and_fit_a_phone(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
