"""The token of a page: signed by our API key, for one operator, to receive calls and no more."""

from __future__ import annotations

import jwt
import pytest
from pytest_django import Settings

from agent_console.calls.ports import telephone
from channels_config.sms.tests.twilio_double import ACCOUNT

_SECRET = "the-secret-of-the-key-that-signs-tokens"
_KEY = "SK" + "0" * 31 + "2"


def test_a_token_receives_calls_for_one_operator_and_an_hour(settings: Settings) -> None:
    settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET = _KEY, _SECRET
    token = telephone().page_token(user_id=12)
    assert token is not None
    assert jwt.get_unverified_header(token)["cty"] == "twilio-fpa;v=1"
    said = jwt.decode(token, _SECRET, algorithms=["HS256"])
    assert (said["iss"], said["sub"]) == (_KEY, ACCOUNT)
    assert 3500 < said["exp"] - said["nbf"] <= 3600
    assert said["grants"] == {"identity": "agent_12", "voice": {"incoming": {"allow": True}}}


@pytest.mark.parametrize(("key", "secret"), [("", ""), (_KEY, ""), ("", _SECRET)])
def test_without_a_key_there_is_none(settings: Settings, key: str, secret: str) -> None:
    settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET = key, secret
    assert telephone().page_token(user_id=12) is None
