"""Fetching messages where Telegram can't call us: a laptop without a public address.

Telegram forgets an update when the next poll asks for those after it, which is after it was taken
in: a crash in between brings it again, and it is known by its number.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connections
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from channels_config.kit.webhooks import Refused
from service_kit.logs import get_logger

from .client import POLL_S, client
from .parse import ALLOWED_UPDATES, update_read
from .receive import update_take
from .setup import menu_set

logger = get_logger(__name__)
_PAUSE_S = 3.0  # after a failure; Telegram's own polls wait by themselves


def poll(*, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Take in updates until interrupted.  A webhook that is set is removed first, since Telegram
    serves one way only.  Raises ``InvalidToken``, and ``Conflict`` when somebody else polls."""
    client().call(lambda bot: bot.delete_webhook(drop_pending_updates=False))
    menu_set()
    offset = 0
    while goes_on():
        try:
            offset = _poll_once(offset)
            connections.close_all()  # nothing may come for hours
        except (InvalidToken, Conflict):
            raise
        except (NetworkError, RetryAfter) as failure:
            logger.warning("poll failed", extra={"code": type(failure).__name__})
            time.sleep(_PAUSE_S)


def _poll_once(offset: int) -> int:
    """The next offset."""
    # The library's objects back into what a webhook brings, so that one way reads both.
    updates = client().call(
        lambda bot: bot.get_updates(
            offset=offset or None, timeout=POLL_S, allowed_updates=ALLOWED_UPDATES
        ),
        total_s=POLL_S + 15.0,
    )
    for update in updates:
        _take(json.loads(update.to_json()))
        offset = update.update_id + 1
    return offset


def _take(raw: dict[str, object]) -> None:
    try:
        update = update_read(raw)
    except Refused as refused:
        logger.warning("update refused", extra={"channel": "telegram", "code": refused.code})
        return
    at_once = update_take(update) if update is not None else None
    if at_once is not None:
        try:
            client().call(partial(_answer_at_once, at_once=at_once))
        except TelegramError as failure:  # no reason to read the update again
            logger.warning("answer not given", extra={"code": type(failure).__name__})


async def _answer_at_once(bot: Bot, *, at_once: dict[str, Any]) -> None:
    """What a webhook's answer would have asked Telegram to do."""
    if at_once["method"] == "answerCallbackQuery":
        await bot.answer_callback_query(at_once["callback_query_id"])
    else:
        await bot.send_message(
            at_once["chat_id"],
            at_once["text"],
            api_kwargs={key: at_once[key] for key in ("reply_markup",) if key in at_once},
        )
