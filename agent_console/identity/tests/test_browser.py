"""The residents' space in Chromium: accessibility rules, a narrow window, both colour schemes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from agent_console.citizens.links import contact_share
from agent_console.citizens.models import ContactPoint, OneTimeCode, Resident
from agent_console.citizens.pins import pin_set
from agent_console.citizens.tests.conftest import Phones
from agent_console.collectors.models import Card, CardChange
from agent_console.reports.models import Report
from agent_console.wallet.tests.fake_wallet import OFFER, WALLET, FakeWallet
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .conftest import Browser
from .test_exchange import NUMBER, ONE, PROVE, grow_old, wallet  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def _rendered(response: Any) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


def _pages(
    browser: Browser,
    phones: Phones,
    wallet: FakeWallet,  # noqa: F811
    report: Report,
    actor: User,
) -> dict[str, RenderedPage]:
    pages = {
        "/signin/": _rendered(browser.get("/mon-espace/connexion/")),
        "/refused/": _rendered(browser.post("/mon-espace/connexion/", {"phone": "12"})),
    }
    browser.sign_in(NUMBER, phones)
    pages["/empty/"] = _rendered(browser.get("/mon-espace/"))
    resident = Resident.objects.get(sessions__isnull=False)
    Resident.objects.filter(pk=resident.pk).update(wallet_id=WALLET)
    Report.objects.update(resident=resident)
    pin_set(resident_id=resident.pk, pin="2580")
    card = Card.objects.create(
        collector="verre", number_digest=b"n" * 32, last4="1234", resident=resident
    )
    CardChange.objects.create(card=card, kind="linked", resident=resident, actor=actor)
    wallet.voucher()
    pages["/home/"] = _rendered(browser.get("/mon-espace/"))
    pages["/offers/"] = _rendered(browser.get("/mon-espace/offres/"))
    pages["/exchange/"] = _rendered(browser.get(ONE))
    wallet.away = True
    pages["/away/"] = _rendered(browser.get("/mon-espace/offres/"))
    wallet.away = False
    grow_old()
    pages["/prove/"] = _rendered(browser.get(PROVE))
    pages["/wrong-pin/"] = _rendered(browser.post(PROVE, {"action": "pin", "pin": "1"}))
    pages["/code/"] = _rendered(browser.post(PROVE, {"action": "send"}))
    contact = ContactPoint.objects.get(links__resident=resident)
    contact_share(contact_point_id=contact.pk)
    OneTimeCode.objects.all().delete()
    other = Browser()
    other.sign_in(NUMBER, phones)
    pages["/who/"] = _rendered(other.get("/mon-espace/connexion/qui/"))
    return pages


def test_the_space_breaks_no_rule_and_fits_a_phone(
    browser: Browser,
    phones: Phones,
    wallet: FakeWallet,  # noqa: F811
    report: Report,
    make_user: Callable[..., User],
) -> None:
    pages = _pages(browser, phones, wallet, report, make_user("nadia"))
    assert str(OFFER) in pages["/offers/"].html
    found: dict[str, list[str]] = {}
    with headless() as chromium:
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                width = page.evaluate("document.documentElement.scrollWidth")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark") + (
                    [] if width == 320 else [str(width)]
                )
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(found) == 2 * len(pages)
