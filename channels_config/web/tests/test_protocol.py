"""Frames: what is read, what is refused, and what a refusal may say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_config.web import protocol
from channels_config.web.protocol import ErrorCode
from channels_config.web.texts import ERROR_TEXTS


def test_every_recorded_frame_is_read(frames: Callable[[str], list[dict[str, Any]]]) -> None:
    for frame in frames("client_valid.json"):
        parsed = protocol.parse(json.dumps(frame))
        assert parsed.type == frame["type"]


def test_every_malformed_frame_is_refused(frames: Callable[[str], list[Any]]) -> None:
    for frame in frames("client_invalid.json"):
        with pytest.raises(protocol.InvalidFrame):
            protocol.parse(json.dumps(frame))


@pytest.mark.parametrize("text", ["", "{", "null", '{"type":"send"', '"\\ud800"'])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(protocol.InvalidFrame):
        protocol.parse(text)


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with pytest.raises(protocol.InvalidFrame):
        protocol.parse(text)


def test_a_refusal_quotes_nothing_of_the_frame() -> None:
    secret = "Je m’appelle Camille Martin"
    with pytest.raises(protocol.InvalidFrame) as refusal:
        protocol.parse(json.dumps({"type": "send", "text": secret}))
    assert secret not in repr(refusal.value)
    assert refusal.value.__suppress_context__


def test_every_error_code_has_a_french_text() -> None:
    assert set(ERROR_TEXTS) == set(ErrorCode)
    assert all(text.strip() for text in ERROR_TEXTS.values())
