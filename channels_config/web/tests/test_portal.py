"""The portal's page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client


def test_the_portal_needs_neither_session_nor_database(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert not response.cookies
    assert "0&nbsp;800&nbsp;94&nbsp;94&nbsp;08" in response.text


def test_nothing_is_inline_and_the_policy_is_strict(client: Client) -> None:
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=", response.text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", response.text))


def test_the_widget_stays_small() -> None:
    script = finders.find("web/mdmp-chat.js")
    assert script is not None
    folder = Path(script).parent
    files = [Path(script), *sorted((folder / "chat").glob("*.js"))]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 40_000


def test_pages_of_other_sites_may_load_the_widget(client: Client) -> None:
    for name in ("mdmp-chat.js", "chat/element.js"):
        response = client.get(f"/static/web/{name}")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Content-Type"].startswith("text/javascript")
