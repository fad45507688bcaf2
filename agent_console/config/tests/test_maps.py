"""A tile server's address can't open the pages' policy further than to one host."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from agent_console.config.settings.maps import tiles_url_checked

TILES = "https://tiles.example.fr/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    "url", ["tiles/{z}/{x}/{y}", "https://tiles.example.fr/", "ftp://a/{z}{x}{y}",
            "https://{s}.example.fr/{z}/{x}/{y}", "https://a;script-src *.b/{z}/{x}/{y}"],
)  # fmt: skip
def test_a_tile_server_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        tiles_url_checked(url)
    assert tiles_url_checked(TILES) == TILES
    assert tiles_url_checked("") == ""
