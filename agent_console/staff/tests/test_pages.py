"""The pages of the second factor and of locked accounts in Chromium, narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.staff import second_factor
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .test_second_factor import CODE_PAGE, code_of, give_password


@pytest.mark.django_db
def test_no_page_breaks_a_rule_or_scrolls_sideways(
    make_user: Callable[..., User], settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    user = make_user("operatrice", "conversations.answer_conversation")
    client = Client()
    give_password(client)
    answers = {
        "/enrol": client.get(f"{CODE_PAGE}enrol/"),
        "/wrong": client.post(f"{CODE_PAGE}enrol/", {"code": ""}),
        "/codes": client.post(f"{CODE_PAGE}enrol/", {"code": code_of(user)}),
        "/mine": client.get(f"{CODE_PAGE}mine/"),
    }
    again = Client()
    give_password(again)
    answers["/code"] = again.get(CODE_PAGE)
    answers["/wrong-code"] = again.post(CODE_PAGE, {"code": "non"})
    assert second_factor.is_enrolled(user)
    colleague = Client()
    colleague.force_login(make_user("voisine", "reports.view_report"))
    answers["/none-yet"] = colleague.get(f"{CODE_PAGE}mine/")
    wrong = {"username": "operatrice", "password": "faux"}
    for _ in range(5):
        answers["/locked"] = Client().post("/console/login/", wrong)
    refused = {"/wrong": 422, "/wrong-code": 422, "/locked": 429}
    for path, answer in answers.items():
        assert answer.status_code == refused.get(path, 200), path
    pages = {
        path: RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
        for path, answer in answers.items()
    }
    with headless() as browser:
        found = {}
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 320, "height": 640},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    found[f"{scheme} {path}"].append("scrolls sideways")
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
