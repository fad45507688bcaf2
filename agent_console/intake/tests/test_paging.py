"""Links around a page of a list that only knows the way forward."""

from __future__ import annotations

import uuid

import pytest
from django.test import RequestFactory

from agent_console.intake.paging import STEPS_MAX, Pager, cursor_of, cursors_of, pager

A, B, C = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


def test_the_first_page_leads_on_and_keeps_what_was_asked_for() -> None:
    request = RequestFactory().get("/", {"day": "2026-11-24"})
    assert cursor_of(request) == ""
    assert pager(request, next_cursor=A) == Pager("", f"?day=2026-11-24&after={A}")
    assert pager(request, next_cursor="") == Pager("", "")


def test_the_way_back_is_the_way_that_led_here() -> None:
    request = RequestFactory().get("/", {"after": [A, B]})
    assert cursor_of(request) == B
    assert pager(request, next_cursor=C) == Pager(f"?after={A}", f"?after={A}&after={B}&after={C}")
    last = RequestFactory().get("/", {"after": [A]})
    assert pager(last, next_cursor="") == Pager("?", "")


@pytest.mark.parametrize("asked", [["x"], [""], ["\x00"], ["x", A]])
def test_what_is_no_cursor_is_the_first_page(asked: list[str]) -> None:
    assert cursors_of(RequestFactory().get("/", {"after": asked})) == []


def test_an_address_does_not_grow_without_end() -> None:
    many = [str(uuid.UUID(int=number)) for number in range(STEPS_MAX)]
    request = RequestFactory().get("/", {"after": many})
    following = pager(request, next_cursor=C).next
    assert following.count("after=") == STEPS_MAX
    assert following.endswith(f"after={C}")
