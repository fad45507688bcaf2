"""python-telegram-bot's ``Bot`` for code that is not asynchronous, bounded in time.

One event loop in a thread of its own per process: connections to Telegram are kept between
messages, and a call waits no longer than ``TOTAL_S`` however slowly the answer comes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import cache

from django.conf import settings
from telegram import Bot
from telegram.error import TimedOut
from telegram.request import HTTPXRequest

TOTAL_S = 15.0
POLL_S = 25  # how long Telegram keeps a poll that has nothing to say


class TelegramClient:
    """Runs calls of one bot."""

    def __init__(self, *, token: str, base_url: str) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="telegram-client", daemon=True).start()
        self._bot = self._made(token, base_url)

    def call[T](self, ask: Callable[[Bot], Awaitable[T]], *, total_s: float | None = None) -> T:
        """``ask(bot)``'s result; raises what the library raises, ``TimedOut`` after ``total_s``."""

        async def bounded() -> T:
            return await asyncio.wait_for(ask(self._bot), timeout=total_s or TOTAL_S)

        try:
            return asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()
        except TimeoutError as error:
            raise TimedOut from error

    @staticmethod
    def _made(token: str, base_url: str) -> Bot:
        def request(read_timeout: float) -> HTTPXRequest:
            return HTTPXRequest(
                connection_pool_size=16,
                connect_timeout=3.0,
                read_timeout=read_timeout,
                write_timeout=10.0,
                pool_timeout=5.0,
                httpx_kwargs={"trust_env": False},
            )

        return Bot(
            token,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            request=request(10.0),
            get_updates_request=request(POLL_S + 10.0),
        )


def client() -> TelegramClient:
    """The process's client of the configured bot."""
    return _client(settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_API_BASE_URL)


@cache
def _client(token: str, base_url: str) -> TelegramClient:
    return TelegramClient(token=token, base_url=base_url)
