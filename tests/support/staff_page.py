"""A staff member's browser page on the console, signed in."""

import re

from playwright.sync_api import Browser, BrowserContext, Page

from .system import System


def staff_page(browser: Browser, system: System, user: str, password: str) -> Page:
    """A page of a context of its own; ``password`` names the environment's variable."""
    return signed_in(browser, system, user, system.environment[password])


def signed_in(browser: Browser, system: System, user: str, password: str) -> Page:
    """The same with the password itself."""
    context: BrowserContext = browser.new_context(base_url=system.console_url, locale="fr-FR")
    page = context.new_page()
    page.goto("/console/login/")
    page.get_by_label("Identifiant").fill(user)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name=re.compile("Se connecter")).click()
    page.wait_for_url("**/console/")
    return page
