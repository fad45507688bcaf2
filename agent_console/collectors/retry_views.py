"""``/console/cards/retry/``: deposits that a person has asked for again."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from agent_console.intake import access

from . import retrying, selectors
from .errors import CardError


@require_POST
@access.needs(retrying.RETRY_DEPOSIT)
def deposits_retry(request: HttpRequest) -> HttpResponse:
    """One deposit (``deposit=<uuid>``), or all that should be looked at (``deposit=failing``)."""
    given = request.POST.get("deposit", "")
    if given == "failing":
        failing = selectors.deposits_failing(now=timezone.now())
        deposit_ids = list(failing.values_list("pk", flat=True))
    else:
        deposit_ids = [_uuid(given)]
    try:
        count = retrying.deposits_retry(deposit_ids=deposit_ids, actor=cast(User, request.user))
    except CardError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            "Le dépôt est relancé. Il quitte la liste dès que le porte-monnaie a répondu."
            if count == 1
            else f"{count} dépôts sont relancés. Ils quittent la liste dès que le porte-monnaie "
            "a répondu.",
        )
    return redirect("cards:list")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
