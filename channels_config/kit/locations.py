"""Positions that come as text: a link of a map, ``geo:`` (RFC 5870), or plain degrees."""

from __future__ import annotations

import re

from agent_console.conversations.ports import Location

_DEGREES = r"(-?\d{1,2}\.\d{3,}),\s*(-?\d{1,3}\.\d{3,})"
_COMMA = r"(?:,|%2C)"
_PAIR = rf"(-?\d{{1,2}}(?:\.\d+)?){_COMMA}\s*\+?(-?\d{{1,3}}(?:\.\d+)?)"
_HOSTS = (
    r"https?://(?:www\.|m\.)?"
    r"(?:maps\.google\.[a-z.]+|google\.[a-z.]+/maps|maps\.apple\.com|openstreetmap\.org|osm\.org)"
)
_PATTERNS = (
    re.compile(rf"{_HOSTS}\S*?!3d(-?\d{{1,2}}\.\d+)!4d(-?\d{{1,3}}\.\d+)", re.IGNORECASE),
    re.compile(rf"{_HOSTS}\S*?[?&](?:q|ll|query|daddr|center)=(?:loc:)?{_PAIR}", re.IGNORECASE),
    re.compile(rf"{_HOSTS}\S*?mlat=(-?\d+\.\d+)&(?:amp;)?mlon=(-?\d+\.\d+)", re.IGNORECASE),
    re.compile(rf"{_HOSTS}\S*?[@/]{_PAIR}", re.IGNORECASE),
    re.compile(rf"{_HOSTS}\S*?#map=\d+/(-?\d+\.\d+)/(-?\d+\.\d+)", re.IGNORECASE),
    re.compile(rf"\bgeo:{_PAIR}", re.IGNORECASE),
    re.compile(rf"^\s*{_DEGREES}\s*$"),
)


def location_in_text(text: str) -> Location | None:
    """The first position that ``text`` names, in degrees; shortened links name none."""
    for pattern in _PATTERNS:
        if (found := pattern.search(text)) is None:
            continue
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Location(latitude=latitude, longitude=longitude)
    return None
