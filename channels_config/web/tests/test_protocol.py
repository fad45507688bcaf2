"""Frames: what is read, what is refused, and what a refusal may say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError  # type: ignore[import-untyped]

from channels_config.web import protocol
from channels_config.web.protocol import ErrorCode
from channels_config.web.tests.conftest import assert_described
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


def test_every_error_code_has_a_text_in_both_languages() -> None:
    for texts in ERROR_TEXTS.values():
        assert set(texts) == set(ErrorCode)
        assert all(text.strip() for text in texts.values())


def test_the_description_is_the_present_one() -> None:
    call_command("export_asyncapi", "--check")


def test_what_is_read_and_what_is_refused_are_described_so(
    frames: Callable[[str], list[Any]],
) -> None:
    for frame in frames("client_valid.json"):
        assert_described(frame)
    known = [
        frame
        for frame in frames("client_invalid.json")
        if isinstance(frame, dict) and frame.get("type") in ("hello", "send", "ack")
    ]
    for frame in known:
        with pytest.raises(ValidationError):
            assert_described(frame)
