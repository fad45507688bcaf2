"""What is said to a telephone that reads no text: TwiML, in the resident's language."""

from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from channels_config.kit.incoming import localised

_LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
_PAUSE_S = 1


def spoken_text(text: str, *, locale: str) -> str:
    """TwiML that says who calls, then ``text``, twice."""
    return _twice([localised("sms", "call_before", locale), text], locale)


def spoken_code(code: str, *, locale: str) -> str:
    """TwiML that says a code, twice, digit by digit: a number read as one is not remembered."""
    digits = ", ".join(code)
    return _twice([localised("sms", "call_code", locale, digits=digits)], locale)


def _twice(sentences: list[str], locale: str) -> str:
    language = _LANGUAGES["en" if locale.startswith("en") else "fr"]
    answer = VoiceResponse()
    answer.pause(length=_PAUSE_S)  # whoever picks up says hello first
    for sentence in [*sentences, localised("sms", "call_again", locale), *sentences]:
        answer.say(sentence, language=language)
        answer.pause(length=_PAUSE_S)
    return str(answer)
