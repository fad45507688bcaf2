"""Readiness names what is missing; liveness asks nothing."""

import json
import threading

from django.test import RequestFactory

from service_kit.health import health_urls, missing_parts


def _fail() -> None:
    raise RuntimeError("down")


def test_what_fails_is_named_in_order() -> None:
    assert missing_parts({"a": _fail, "b": lambda: None, "c": _fail}) == ["a", "c"]
    assert missing_parts({}) == []


def test_checks_run_side_by_side() -> None:
    together = threading.Barrier(2, timeout=5)
    assert missing_parts({"a": lambda: _meet(together), "b": lambda: _meet(together)}) == []


def _meet(barrier: threading.Barrier) -> None:
    barrier.wait()


def test_the_pages_answer_with_a_status_and_names() -> None:
    healthz, readyz = (pattern.callback for pattern in health_urls({"database": _fail}))
    request = RequestFactory().get("/")
    assert healthz(request).status_code == 200
    answer = readyz(request)
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"status": "unavailable", "missing": ["database"]}
