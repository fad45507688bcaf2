"""`/console/calls/softphone/`: the telephone in a window of its own, which stays while the
console's pages come and go; the only page that may talk to the telephone company.

What it may load and ask is what the SDK's own README names; the script is ours to serve
(https://github.com/twilio/twilio-voice.js#content-security-policy-csp).
"""

from __future__ import annotations

from typing import cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.calls import desk, ports
from agent_console.calls.errors import CallError
from agent_console.intake import access

from .access import TAKE_CALLS

_SOUNDS = ["https://media.twiliocdn.com", "https://sdk.twilio.com"]
_POLICY = {
    "connect-src": [
        "https://eventgw.twilio.com",
        "wss://voice-js.roaming.twilio.com",
        *_SOUNDS,
    ],
    "media-src": [SELF, "mediastream:", *_SOUNDS],
}
_UNAVAILABLE = 503


@csp_update(_POLICY)
@never_cache
@require_safe
@access.needs(TAKE_CALLS)
def page(request: HttpRequest) -> HttpResponse:
    """Rings, answers, mutes and hangs up; everything else is led from the call's page."""
    context = {
        "section": "telephone",
        "can_ring_page": _token(request) is not None,
        "in_page": desk.rings_in_page(user_id=_user(request).pk),
    }
    return render(request, "phone_desk/softphone.html", context)


@never_cache
@require_POST
@access.needs(TAKE_CALLS)
def token(request: HttpRequest) -> HttpResponse:
    """``{token}`` for this operator's page, good for an hour."""
    made = _token(request)
    if made is None:
        body = {
            "code": "softphone_off",
            "message": "Le téléphone dans la page n’est pas configuré.",
        }
        return JsonResponse(body, status=_UNAVAILABLE)
    return JsonResponse({"token": made})


@require_POST
@access.needs(TAKE_CALLS)
def choose(request: HttpRequest, choice: str) -> HttpResponse:
    """Answer in the page (``on``), or at the desk's number again (``off``)."""
    if choice not in ("on", "off"):
        raise Http404
    is_on = choice == "on"
    if is_on and _token(request) is None:
        messages.error(request, "Le téléphone dans la page n’est pas configuré.")
        return redirect("calls:home")
    try:
        desk.desk_in_page(user=_user(request), is_on=is_on)
    except CallError as refused:
        messages.error(request, refused.message)
        return redirect("calls:home")
    messages.success(
        request,
        "C’est noté : vous répondez dans la page."
        if is_on
        else "C’est noté : votre poste sonnera.",
    )
    return redirect("calls:softphone" if is_on else "calls:home")


def _token(request: HttpRequest) -> str | None:
    return ports.telephone().page_token(user_id=_user(request).pk)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
