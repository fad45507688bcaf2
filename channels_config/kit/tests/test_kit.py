"""What channels share: limits counted in real Valkey, capabilities, what is said at start."""

from __future__ import annotations

import uuid

import pytest
from pytest_django import Settings

from agent_console.conversations.errors import DeliveryFailed, MediaRefused
from agent_console.conversations.models import Attachment, Message
from agent_console.conversations.ports import channel_for
from channels_config.kit.capabilities import CAPABILITIES
from channels_config.kit.incoming import localised
from channels_config.kit.rates import Rate
from channels_config.kit.status import said_at_start
from channels_config.kit.switched_off import OffChannel
from channels_config.kit.words import folded


def test_a_rate_is_counted_by_key_and_says_how_long_to_wait() -> None:
    rate, key = Rate("test", "2/hour"), str(uuid.uuid4())
    assert [rate.take(key), rate.take(key), rate.take(key)] == [True, True, False]
    assert 0 < rate.wait_s(key) <= 3601
    assert rate.wait_s(str(uuid.uuid4())) == 0.0


@pytest.mark.parametrize(
    ("text", "same"),
    [("  ÉTÉ ! ", "ete"), ("Cœur", "coeur"), ("l’arrêt", "l arret"), ("😀", ""), ("", "")],
)
def test_words_are_compared_whatever_their_signs(text: str, same: str) -> None:
    assert folded(text) == same


def test_a_channel_that_is_off_is_known_and_refuses() -> None:
    assert isinstance(channel_for("sms"), OffChannel)
    assert isinstance(channel_for("telegram"), OffChannel)
    with pytest.raises(DeliveryFailed) as failed:
        OffChannel("sms").deliver(Message())
    assert (failed.value.permanent, failed.value.code) == (True, "channel_off")
    with pytest.raises(MediaRefused):
        OffChannel("sms").fetch(Attachment())


def test_channels_say_at_start_what_is_missing_and_no_secret(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = "secret-token"
    settings.TELEGRAM_BOT_TOKEN = "1234567:" + "a" * 35
    lines = said_at_start()
    assert "TWILIO_ACCOUNT_SID" in lines[0]
    assert "TWILIO_VOICE_FROM" in lines[1]
    assert "poll" in lines[2]
    assert "secret-token" not in "".join(lines)
    assert "aaaa" not in "".join(lines)


def test_every_channel_that_talks_has_capabilities() -> None:
    assert set(CAPABILITIES) == {"web", "sms", "telegram", "voice"}


@pytest.mark.parametrize(
    "name",
    ["flood", "help", "media_refused", "opted_in", "opted_out", "text_invalid", "text_too_long"],
)
def test_texts_exist_in_both_languages(name: str) -> None:
    french, english = (localised("kit", name, locale) for locale in ("fr", "en"))
    assert french
    assert french != english
