"""Background maps: without a tile server no page shows a map, and lists stand alone."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .env import env


def tiles_url_checked(url: str) -> str:
    """The address with ``{z}/{x}/{y}``, or nothing; raises ``ImproperlyConfigured``."""
    parts = urlsplit(url)
    places = all(f"{{{name}}}" in parts.path + parts.query for name in "zxy")
    is_plain_host = parts.hostname is not None and not set(parts.netloc) & set("{};, '\"@*")
    if url and not (parts.scheme in ("http", "https") and is_plain_host and places):
        raise ImproperlyConfigured(
            "MAP_TILES_URL: an http(s) address of one host with {z}, {x} and {y}"
        )
    return url


MAP_TILES_URL = tiles_url_checked(env.str("MAP_TILES_URL", default=""))
# Shown on the map, as its publisher's licence asks.
MAP_TILES_ATTRIBUTION: str = env.str("MAP_TILES_ATTRIBUTION", default="")
