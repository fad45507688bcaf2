"""Every page in Chromium: accessibility rules, narrow windows, keyboard, its own policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from agent_console.partners.models import Cashier
from agent_console.staff.initial_passwords import MUST_CHOOSE
from agent_console.staff.models import InitialPassword
from agent_console.staff.services import actor_of
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .conftest import hidden
from .fake_wallet import NOBODY, FakeWallet

pytestmark = pytest.mark.django_db
ROOT = "/console/partners/"
type Pages = dict[str, RenderedPage]


def _kept(response: Any) -> RenderedPage:
    return RenderedPage(response.content.decode(), response.headers["Content-Security-Policy"])


@pytest.fixture
def empty(console: Client) -> Pages:
    """The lists before anything is there."""
    paths = (ROOT, f"{ROOT}offers/", f"{ROOT}disputes/")
    return {f"/empty{path}": _kept(console.get(path)) for path in paths}


@pytest.fixture
def pages(
    empty: Pages,
    console: Client,
    supervisor: User,
    wallet: FakeWallet,
    offer: dict[str, Any],
    partner: dict[str, Any],
) -> Pages:
    """The pages as a supervisor gets them, rendered before the browser starts."""
    one = f"{ROOT}{partner['id']}/"
    user = User.objects.create_user("p.martin", first_name="Paule", last_name="Martin")
    cashier = Cashier.objects.create(user=user, partner_id=partner["id"], site="Accueil")
    open_dispute = wallet.add_dispute(partner_id=partner["id"], cashier=str(cashier.pk))["id"]
    proposed = wallet.add_dispute(
        partner_id=partner["id"], state="refund_proposed", decided_by=str(actor_of(user=supervisor))
    )["id"]
    statement = wallet._close(partner["id"], {"until": "2026-11-01", "actor": NOBODY})["id"]
    wallet._change("offers", offer["id"], {"price_points": 80, "actor": str(cashier.pk)})
    paths = [
        ROOT,
        f"{ROOT}new/",
        one,
        f"{one}edit/",
        f"{one}agreements/new/",
        f"{one}cashiers/new/",
        f"{one}offers/new/",
        f"{one}statements/",
        f"{one}statements/new/",
        f"{ROOT}cashiers/{cashier.pk}/",
        f"{ROOT}offers/",
        f"{ROOT}offers/{offer['id']}/",
        f"{ROOT}offers/{offer['id']}/edit/",
        f"{ROOT}disputes/",
        f"{ROOT}disputes/new/",
        f"{ROOT}disputes/{open_dispute}/",
        f"{ROOT}disputes/{proposed}/",
        f"{ROOT}statements/{statement}/",
    ]
    rendered = {path: _kept(console.get(path)) for path in paths}
    account = {"first_name": "Ali", "last_name": "Ba", "username": "a.ba", "site": "Accueil"}
    posts: dict[str, tuple[str, dict[str, str]]] = {
        "/wrong-siret": (f"{ROOT}new/", {"siret": "12", "name": ""}),
        "/wrong-offer": (f"{one}offers/new/", {"title": "", "communes": "75056"}),
        "/password": (f"{one}cashiers/new/", account),
        "/confirm": (f"{one}statements/new/", {"last_day": "2026-11-15"}),
    }
    for name, (path, values) in posts.items():
        key = hidden(rendered[path].html, "key")
        rendered[name] = _kept(console.post(path, {"key": key, **values}))
    closed = console.post(f"{ROOT}cashiers/{cashier.pk}/disable/", follow=True)
    rendered["/said"] = _kept(closed)
    first = Client()
    first.force_login(user)
    InitialPassword.objects.create(user=user, issued_by=supervisor)
    session = first.session
    session[MUST_CHOOSE] = True
    session.save()
    rendered["/own"] = _kept(first.post("/console/password/", {"new_password1": "court"}))
    wallet.is_away = True
    rendered["/away"] = _kept(console.get(ROOT))
    decision = f"{ROOT}disputes/{open_dispute}/"
    key = hidden(rendered[decision].html, "key")
    rendered["/again"] = _kept(
        console.post(f"{decision}decision/", {"key": key, "decision": "refund"})
    )
    return empty | rendered


def test_no_page_breaks_an_accessibility_rule(pages: Pages) -> None:
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            serve(context, pages)
            page = context.new_page()
            found = {}
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[path] = violations(page, contrast_only=scheme == "dark")
            assert found == {path: [] for path in pages}


def test_no_page_scrolls_sideways_at_320_pixels(pages: Pages) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        widths = {}
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
        assert widths == dict.fromkeys(pages, 320)


def test_communes_are_filtered_and_chosen_by_keyboard(
    pages: Pages, partner: dict[str, Any]
) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        page = context.new_page()
        page.goto(f"{ORIGIN}{ROOT}{partner['id']}/offers/new/")
        communes = page.get_by_role("group", name="Communes")
        expect(communes.get_by_role("checkbox")).to_have_count(92)
        expect(communes.get_by_role("status")).to_have_text("Toute la Métropole")
        filter_box = page.get_by_role("searchbox", name="Filtrer les communes")
        filter_box.focus()
        page.keyboard.type("peypin")
        page.keyboard.press("Enter")
        expect(communes.locator("label:visible")).to_have_count(1)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(communes.get_by_role("checkbox", name="Peypin")).to_be_checked()
        expect(communes.get_by_role("status")).to_have_text("1 commune choisie")
    assert complaints == []


def test_an_error_leads_to_its_field(pages: Pages) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}/wrong-siret")
        summary = page.get_by_role("alert")
        summary.get_by_role("link", name="SIRET").press("Enter")
        field = page.get_by_label("SIRET")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        described = field.get_attribute("aria-describedby") or ""
        assert "id_siret_error" in described.split()
        expect(page.locator("#id_siret_error")).to_contain_text("Un SIRET a 14 chiffres")
