"""The geocoder behind HTTP: its answers, its failures, what is remembered."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from agent_console.places.geocoding.port import Precision, Source
from agent_console.places.selectors import place_resolve, place_reverse, place_suggest


def feature(**properties: Any) -> dict[str, Any]:
    """One feature as addok answers it."""
    given = {
        "label": "12 Rue Paradis 13006 Marseille",
        "score": 0.93,
        "housenumber": "12",
        "id": "13206_7015_00012",
        "type": "housenumber",
        "name": "12 Rue Paradis",
        "street": "Rue Paradis",
        "postcode": "13006",
        "citycode": "13206",
        "city": "Marseille",
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [5.3797, 43.2855]},
        "properties": given | properties,
    }


class Service:
    """A real HTTP server that answers as it is told and counts what it was asked."""

    def __init__(self) -> None:
        self.features: list[dict[str, Any]] = [feature()]
        self.status = 200
        self.body: bytes | None = None
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.drips_until: threading.Event | None = None
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                service.asked.append((parts.path, parse_qs(parts.query)))
                body = service.body
                if body is None:
                    answer = {"type": "FeatureCollection", "features": service.features}
                    body = json.dumps(answer).encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if service.drips_until is None:
                    self.wfile.write(body)
                    return
                for byte in body:  # never silent for long: no time-out of a read strikes
                    if service.drips_until.wait(0.02):
                        return
                    self.wfile.write(bytes([byte]))

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def service(geocoder_service: Callable[[str], None]) -> Iterator[Service]:
    running = Service()
    geocoder_service(running.url)
    yield running
    running.stop()
    geocoder_service("")


def test_an_answer_becomes_a_place(service: Service) -> None:
    found = place_resolve(text="12 rue paradis 13006")
    assert (found.source, found.degraded, found.ambiguous) == (Source.HTTP, False, False)
    assert found.place is not None
    assert found.place.insee == "13206"
    assert (found.place.precision, found.place.score) == (Precision.NUMBER, 0.93)
    assert (found.place.latitude, found.place.longitude) == (43.2855, 5.3797)
    path, asked = service.asked[0]
    assert path == "/search"
    assert asked["q"] == ["12 rue paradis Marseille 6e Arrondissement"]
    assert asked["autocomplete"] == ["0"]


def test_a_question_is_asked_once_and_its_key_says_nothing(service: Service) -> None:
    place_resolve(text="12 rue paradis 13006")
    place_resolve(text="12 rue paradis 13006")
    assert len(service.asked) == 1
    keys = cache._cache.get_client(None).keys(f"{django_settings.CACHES['default']['KEY_PREFIX']}*")  # type: ignore[attr-defined]
    assert keys
    assert all(b"paradis" not in key.lower() for key in keys)


def test_places_elsewhere_are_left_out(service: Service) -> None:
    service.features = [feature(citycode="13005", city="Aubagne", postcode="13400"), feature()]
    found = place_resolve(text="12 rue paradis 13006")
    assert found.place is not None
    assert found.place.insee == "13206"
    assert found.alternatives == []


def test_a_place_outside_is_named_by_the_service(service: Service) -> None:
    service.features = [feature(citycode="75101", city="Melun-sur-Seine", postcode="77000")]
    found = place_resolve(text="12 rue du château melun")
    assert (found.found, found.in_territory, found.outside) == (True, False, "Melun-sur-Seine")


def test_equal_scores_are_ambiguous(service: Service) -> None:
    service.features = [
        feature(),
        feature(citycode="13208", postcode="13008", label="12 Rue Paradis 13008 Marseille"),
    ]
    found = place_resolve(text="12 rue paradis marseille")
    assert found.ambiguous
    assert found.commune is not None
    assert found.commune.insee == "13055"


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (429, b""), (200, b"<html>"), (200, b'{"features": [{}]}'), (200, b"[]")],
)
def test_a_failing_service_falls_back_to_communes_and_says_so(
    service: Service, status: int, body: bytes
) -> None:
    service.status, service.body = status, body
    found = place_resolve(text="12 rue paradis 13006")
    assert (found.degraded, found.source) == (True, Source.COMMUNES)
    assert found.commune is not None
    assert found.commune.insee == "13206"
    service.status, service.body = 200, None
    again = place_resolve(text="12 rue paradis 13006")
    assert (again.degraded, again.source) == (False, Source.HTTP)


def test_a_service_that_answers_in_drips_holds_nobody(service: Service, settings: Any) -> None:
    settings.GEOCODER_TIMEOUT_S = 0.3
    service.drips_until = threading.Event()
    try:
        found = place_resolve(text="12 rue Paradis 13006")
        # The whole answer would have taken some seconds: the fall-back came before it was there.
        assert found.degraded
        assert found.source == Source.COMMUNES
        assert not service.drips_until.is_set()
    finally:
        service.drips_until.set()


def test_a_service_that_is_away_is_left_alone_after_some_failures(service: Service) -> None:
    service.status = 503
    for number in range(django_settings.GEOCODER_FAILURES_MAX + 3):
        assert place_resolve(text=f"{number} rue paradis 13006").degraded
    assert len(service.asked) == django_settings.GEOCODER_FAILURES_MAX


def test_a_refused_question_is_no_failure_of_the_service(service: Service) -> None:
    service.status = 400
    for number in range(django_settings.GEOCODER_FAILURES_MAX + 1):
        assert not place_resolve(text=f"{number} rue paradis 13006").degraded


def test_without_a_cache_the_service_still_answers(service: Service, settings: Any) -> None:
    settings.CACHES = {
        "default": django_settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert place_resolve(text="12 rue paradis 13006").source is Source.HTTP


def test_suggestions_and_positions(service: Service) -> None:
    assert [place.label for place in place_suggest("12 rue par")] == [
        "12 Rue Paradis 13006 Marseille"
    ]
    assert service.asked[-1][1]["autocomplete"] == ["1"]
    service.features = [feature(distance=12)]
    assert place_reverse(latitude=43.2855, longitude=5.3797).label.startswith("12 Rue Paradis")
    assert service.asked[-1][0] == "/reverse"
    service.features = [feature(distance=900)]
    assert not place_reverse(latitude=43.0, longitude=5.3797).found
    service.status = 500
    assert place_reverse(latitude=43.1, longitude=5.3797).degraded
    assert [place.label for place in place_suggest("marig")] == ["Marignane"]
