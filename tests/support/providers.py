"""Twilio and Telegram as the running system sees them, and residents who use them.

``make test`` switches the channels on towards addresses that the doubles are served at here.
"""

import json
import os
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import psycopg
from twilio.request_validator import RequestValidator

from channels_config.sms.tests import twilio_double
from channels_config.sms.tests.twilio_double import TwilioDouble
from channels_config.telegram.tests import telegram_double
from channels_config.telegram.tests.telegram_double import TelegramDouble

from .system import System, eventually

_RING_ALWAYS = """
    INSERT INTO conversations_quiethours
        (id, starts_at, ends_at, are_sundays_quiet, are_holidays_quiet, silent_channels)
    VALUES (1, '21:00', '08:00', true, true, '{web,sms,telegram}')
    ON CONFLICT (id) DO UPDATE SET silent_channels = excluded.silent_channels
"""


def twilio_served() -> Iterator[TwilioDouble]:
    """Twilio's double where the system looks for it."""
    port = urlsplit(os.environ["TWILIO_API_BASE_URL"]).port
    assert port is not None
    return twilio_double.serve(
        TwilioDouble(
            port=port,
            account=os.environ["TWILIO_ACCOUNT_SID"],
            token=os.environ["TWILIO_AUTH_TOKEN"],
        )
    )


def telegram_served() -> Iterator[TelegramDouble]:
    """Telegram's double where the system looks for it."""
    port = urlsplit(os.environ["TELEGRAM_API_BASE_URL"]).port
    assert port is not None
    return telegram_double.serve(TelegramDouble(port=port, token=os.environ["TELEGRAM_BOT_TOKEN"]))


def notices_ring_always(system: System) -> None:
    """No quiet hours on these channels: tests run at night too."""
    with psycopg.connect(system.environment["DATABASE_URL"]) as connection:
        connection.execute(_RING_ALWAYS)


def _posted(send: Callable[[], httpx.Response], what: str) -> None:
    """Send until it is acknowledged, as providers do while we are away."""

    def attempt() -> int:
        try:
            return send().status_code
        except httpx.HTTPError:
            return 0

    status = eventually(attempt, lambda code: code == 200 or 400 <= code < 500, what=what)
    assert status == 200, f"{what}: {status}"


class Phone:
    """A resident's mobile."""

    def __init__(self, system: System, twilio: TwilioDouble) -> None:
        self.number = f"+33612{secrets.randbelow(10**6):06d}"
        self._system = system
        self._twilio = twilio

    def say(self, text: str, *, sid: str | None = None) -> str:
        """Send a text; ``sid`` sends that one again."""
        sid = sid or "SM" + secrets.token_hex(16)
        form = {
            "AccountSid": self._twilio.account,
            "MessageSid": sid,
            "From": self.number,
            "To": "+33937000001",
            "Body": text,
            "NumMedia": "0",
        }
        path = "/channels/sms/twilio"
        signed = self._system.environment["PUBLIC_BASE_URL"] + path
        headers = {
            "X-Twilio-Signature": RequestValidator(self._twilio.token).compute_signature(
                signed, form
            ),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        _posted(
            lambda: httpx.post(
                f"{self._system.console_url}{path}", content=urlencode(form), headers=headers
            ),
            "a text",
        )
        return sid

    def received(self) -> list[str]:
        """The texts that came, in order."""
        return self._twilio.texts(self.number)

    def await_text(self, accept: Callable[[str], bool]) -> str:
        """The first text that is accepted."""
        texts = eventually(
            self.received, lambda found: any(map(accept, found)), what="a text message"
        )
        return next(text for text in texts if accept(text))

    def confirm_all(self) -> None:
        """Have Twilio say that everything sent to this telephone was delivered."""
        for taken in list(self._twilio.asked):
            if taken["To"] == self.number and "Body" in taken:
                assert self._twilio.status_of(taken, "delivered").status_code == 204


class TelegramAccount:
    """A resident on Telegram."""

    def __init__(self, system: System, telegram: TelegramDouble) -> None:
        self.chat = 10**9 + secrets.randbelow(10**9)
        self._system = system
        self._telegram = telegram
        self._message_id = 0
        self._update_id = uuid.uuid4().int % 10**9

    def say(self, **content: Any) -> None:
        """Send a message: ``text=``, ``photo=``, ``location=`` …"""
        self._message_id += 1
        message = {"message_id": self._message_id, "date": 1795870000} | content
        self._update({"message": message | {"chat": self._chat(), "from": self._user()}})

    def press(self, title: str) -> None:
        """Press the newest button of this title."""
        given = self._with_button(title)[-1]
        data = next(
            button["callback_data"]
            for row in given["reply_markup"]["inline_keyboard"]
            for button in row
            if button["text"] == title
        )
        query = {
            "id": str(uuid.uuid4().int % 10**18),
            "from": self._user(),
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": 1, "date": 1795870000, "chat": self._chat(), "text": "?"},
        }
        self._update({"callback_query": query})

    def await_button(self, title: str) -> None:
        """Return once a button of this title was sent."""
        eventually(lambda: self._with_button(title), bool, what=f"a button {title}")

    def received(self) -> list[str]:
        """The texts that came, in order."""
        return [given["text"] for given in self._sent()]

    def await_text(self, accept: Callable[[str], bool]) -> str:
        """The first text that is accepted."""
        texts = eventually(
            self.received, lambda found: any(map(accept, found)), what="a Telegram message"
        )
        return next(text for text in texts if accept(text))

    def _sent(self) -> list[dict[str, Any]]:
        sent = self._telegram.calls("sendMessage")
        return [given for given in sent if given["chat_id"] == self.chat]

    def _with_button(self, title: str) -> list[dict[str, Any]]:
        return [
            given for given in self._sent() if f'"{title}"' in json.dumps(given, ensure_ascii=False)
        ]

    def _update(self, body: Mapping[str, Any]) -> None:
        self._update_id += 1
        update = {"update_id": self._update_id, **body}
        secret = os.environ["TELEGRAM_WEBHOOK_SECRET"]
        _posted(
            lambda: httpx.post(
                f"{self._system.console_url}/channels/telegram/webhook",
                json=update,
                headers={"X-Telegram-Bot-Api-Secret-Token": secret},
            ),
            "an update",
        )

    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat, "type": "private", "first_name": "Awa"}

    def _user(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": "Awa", "language_code": "fr"}
