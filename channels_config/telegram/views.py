"""``/channels/telegram/webhook``: verify, parse, take in, answer at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from channels_config.kit.webhooks import Refused, refusal

from .parse import update_read
from .receive import update_take
from .verify import verified_update


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """One update.  Telegram sends it again until it reads 2xx; it is taken in once."""
    try:
        update = update_read(verified_update(request))
    except Refused as refused:
        return refusal("telegram", refused)
    at_once = update_take(update) if update is not None else None
    return JsonResponse(at_once) if at_once else HttpResponse(status=200)
