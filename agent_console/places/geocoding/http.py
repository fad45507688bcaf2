"""The geocoder behind an addok-compatible HTTP service (``GEOCODER_URL``).

Paths and parameters: addok's API (``/search``, ``/reverse``), answers in GeoJSON with ``label``,
``score``, ``type``, ``citycode``, ``city``, ``postcode``.  Answers are kept for a day under a keyed
digest of the question, so no address can be read from a cache key.  After repeated failures the
service is left alone for a while (circuit breaker); callers fall back at once.
"""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import httpx
import pybreaker
from django.conf import settings
from django.core.cache import cache as shared_cache
from redis.exceptions import RedisError

from agent_console.digests import keyed_digest

from ..models import Commune
from .port import Answer, Asked, GeocoderUnavailable, Place, Precision, Source

logger = logging.getLogger(__name__)

# The Metropolis' middle: what is asked without a commune is looked for around here.
_MIDDLE = (43.42, 5.35)
_LIMIT = 8
_ASKED_AT_ONCE = 8
_TIE = 0.02
_SCORE_MIN = 0.45  # addok's scores run low for noisy texts
_TEXT_CHARS_MAX = 200  # addok refuses longer ones
_REVERSE_METRES = 150
_PRECISIONS = {
    "housenumber": Precision.NUMBER,
    "street": Precision.STREET,
    "locality": Precision.STREET,
    "municipality": Precision.COMMUNE,
}
# The service says that this very question is at fault: it works.
_REFUSALS = frozenset({400, 404, 413, 414, 422})


class HttpGeocoder:
    """Asks the service; every method raises ``GeocoderUnavailable``."""

    source = Source.HTTP

    def search(self, asked: Asked) -> Answer:
        if not asked.text:
            return Answer()
        text = f"{asked.text} {_town(asked.commune)}".strip()[:_TEXT_CHARS_MAX]
        near = asked.near or _MIDDLE
        features = _features(
            "/search",
            {"q": text, "limit": _LIMIT, "autocomplete": 0, "lat": near[0], "lon": near[1]},
        )
        known = _communes()
        places = [place for feature in features if (place := _place(feature, known))]
        fitting = [
            place
            for place in places
            if place.score >= _SCORE_MIN and (not asked.within or place.insee in asked.within)
        ]
        if not fitting and not places and features and not asked.within:
            return Answer(outside=str(features[0].get("city", "")))
        return Answer(places=fitting, ambiguous=_ambiguous(fitting))

    def suggest(self, text: str, *, limit: int) -> Sequence[Place]:
        lat, lon = _MIDDLE
        features = _features(
            "/search",
            {
                "q": text[:_TEXT_CHARS_MAX],
                "limit": limit * 2,
                "autocomplete": 1,
                "lat": lat,
                "lon": lon,
            },
        )
        known = _communes()
        return [place for feature in features if (place := _place(feature, known))][:limit]

    def reverse(self, *, latitude: float, longitude: float) -> Place | None:
        features = _features("/reverse", {"lat": latitude, "lon": longitude, "limit": 1})
        if not features or float(features[0].get("distance") or 0) > _REVERSE_METRES:
            return None
        return _place(features[0], _communes())


def _features(path: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answer's features as flat mappings (properties, ``latitude``, ``longitude``)."""
    asked = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
    key = "geocoder:" + keyed_digest(domain="geocoder", text=f"{path}?{asked}").hex()
    kept = _kept(key)
    if kept is not None:
        return kept
    try:
        features = _breaker().call(_ask_in_time, path, params)
    except (httpx.HTTPError, pybreaker.CircuitBreakerError, TimeoutError, _Unusable) as exc:
        logger.warning("geocoder unavailable: %s", type(exc).__name__)
        raise GeocoderUnavailable from exc
    _keep(key, features)
    return features


class _Unusable(Exception):
    """An answer that isn't one."""


def _ask_in_time(path: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answer within ``GEOCODER_TIMEOUT_S``, all in all; raises ``TimeoutError``.

    The client's own time-out begins again with each part of an answer (and each redirect), so a
    service that sends a byte now and then would hold a request for as long as it likes.
    """
    asked = _threads().submit(_ask, path, params)
    try:
        return asked.result(timeout=settings.GEOCODER_TIMEOUT_S)
    finally:
        asked.cancel()


def _ask(path: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    response = _client(settings.GEOCODER_URL).get(path, params=params)
    if response.status_code in _REFUSALS:
        return []
    response.raise_for_status()
    try:
        return [_flat(feature) for feature in response.json()["features"]]
    except (ValueError, KeyError, TypeError, IndexError) as exc:
        raise _Unusable from exc


def _flat(feature: Mapping[str, Any]) -> dict[str, Any]:
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    return {
        **feature["properties"],
        "latitude": float(latitude),
        "longitude": float(longitude),
        "score": float(feature["properties"].get("score") or 0),
    }


def _place(feature: Mapping[str, Any], known: Mapping[str, Commune]) -> Place | None:
    """The feature as a place of the Metropolis, or None."""
    postcode = str(feature.get("postcode") or "")
    commune = known.get(str(feature.get("citycode") or ""))
    if commune is None or "type" not in feature:
        return None
    # Some services give Marseille's code for all of its arrondissements.
    commune = known.get("132" + postcode[3:], commune) if commune.insee == "13055" else commune
    precision = _PRECISIONS.get(str(feature["type"]), Precision.STREET)
    street = str(feature.get("street") or feature.get("name") or "")
    return Place(
        label=str(feature.get("label") or ""),
        commune=commune,
        postcode=postcode,
        precision=precision,
        score=round(min(max(feature["score"], 0.0), 1.0), 3),
        latitude=feature["latitude"],
        longitude=feature["longitude"],
        house_number=str(feature.get("housenumber") or ""),
        street="" if precision is Precision.COMMUNE else street,
    )


def _ambiguous(places: Sequence[Place]) -> bool:
    return len(places) > 1 and (
        places[0].score - places[1].score < _TIE and places[0].label != places[1].label
    )


def _town(commune: Commune | None) -> str:
    return commune.name if commune else ""


def _communes() -> dict[str, Commune]:
    return {commune.insee: commune for commune in Commune.objects.all()}


def _kept(key: str) -> list[dict[str, Any]] | None:
    try:
        kept: list[dict[str, Any]] | None = shared_cache.get(key)
    except RedisError:
        logger.warning("geocoder cache unavailable")
        return None
    return kept


def _keep(key: str, features: list[dict[str, Any]]) -> None:
    try:
        shared_cache.set(key, features, settings.GEOCODER_CACHE_S)
    except RedisError:
        logger.warning("geocoder cache unavailable")


@cache
def _client(base: str) -> httpx.Client:
    """One client of the process for each address; connections are kept."""
    return httpx.Client(
        base_url=base,
        timeout=httpx.Timeout(settings.GEOCODER_TIMEOUT_S),
        follow_redirects=True,
        headers={"Accept": "application/json"},
    )


@cache
def _threads() -> ThreadPoolExecutor:
    """Who waits for the service instead of the request."""
    return ThreadPoolExecutor(max_workers=_ASKED_AT_ONCE, thread_name_prefix="geocoder")


@cache
def _breaker() -> pybreaker.CircuitBreaker:
    return pybreaker.CircuitBreaker(
        fail_max=settings.GEOCODER_FAILURES_MAX,
        reset_timeout=settings.GEOCODER_RETRY_AFTER_S,
        name="geocoder",
    )


def forget() -> None:
    """Start afresh: a closed breaker, new connections (tests, changed settings)."""
    _client.cache_clear()
    _breaker.cache_clear()
