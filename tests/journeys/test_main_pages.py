"""Every page that the console's menu leads to: opened, looked at by rules, and pictured."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from service_kit.browser import violations
from tests.support.staff_page import staff_page
from tests.support.system import System

# CSS pixels that a window of 1,280 has at a zoom of 200 %, and of 400 % (as has a small phone).
_WIDTHS = (640, 320)


def test_every_page_of_the_menu_breaks_no_rule_and_reads_enlarged(
    system: System, browser: Browser, images: Path
) -> None:
    page = staff_page(browser, system, "superviseur", "DEMO_SUPERVISOR_PASSWORD")
    links = page.get_by_role("navigation", name="Navigation principale").get_by_role("link").all()
    addresses = {urlsplit(link.get_attribute("href") or "").path for link in links}
    found: dict[str, list[str]] = {}
    widths: dict[str, list[int]] = {}
    for address in sorted(addresses):
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(address)
        assert answer is not None, address
        assert answer.status == 200, address
        page.get_by_role("heading", level=1).wait_for()
        found[address] = violations(page)
        name = "-".join(["menu", *(part for part in address.split("/") if part)])
        page.screenshot(path=images / f"{name}.png")
        widths[address] = []
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": 720})
            widths[address].append(page.evaluate("document.documentElement.scrollWidth"))
    page.context.close()
    assert len(found) >= 15
    assert found == {key: [] for key in found}
    assert widths == {address: list(_WIDTHS) for address in widths}
