"""Whether a request is Telegram's: the secret that we gave it with ``setWebhook``.

https://core.telegram.org/bots/api#setwebhook: ``X-Telegram-Bot-Api-Secret-Token``.  The body is
not signed, so the secret is all: without one the webhook is off.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from channels_config.kit.webhooks import Refused, body_bounded

from . import config
from .limits import BODY_MAX_BYTES

_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def verified_update(request: HttpRequest) -> dict[str, Any]:
    """The update that Telegram sent; raises ``Refused`` for anything else."""
    if not config.is_webhook_on():
        raise Refused(403, "channel_off")
    given = request.headers.get(_HEADER, "")
    if not constant_time_compare(given.encode(), settings.TELEGRAM_WEBHOOK_SECRET.encode()):
        raise Refused(403, "secret_invalid")
    body = body_bounded(request, most=BODY_MAX_BYTES)
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "body_malformed") from error
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise Refused(400, "update_malformed")
    return update
