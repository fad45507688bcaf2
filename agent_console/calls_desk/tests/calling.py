"""What tests do at the desk: answer a call, fill in its form."""

from __future__ import annotations

from django.test import Client

from agent_console.calls_desk.models import Call, Draft, DraftState

URL = "/console/appel/"
PARADIS = {
    "kind": "report",
    "channel": "phone",
    "category_code": "pothole",
    "address": "12 rue Paradis",
    "commune": "Marseille",
    "description": "Un gros nid-de-poule",
    "on_behalf": "self",
    "asked": "pothole",
}


def answer_call(desk: Client, number: str = "06 12 34 56 78") -> Call:
    """Type a number (none: withheld); the call that it opens."""
    said = {"number": number} if number else {"without": "withheld"}
    response = desk.post(URL, said)
    assert response.status_code == 302, response.content.decode()
    return Call.objects.get(pk=response.url.strip("/").rsplit("/", 1)[-1])  # type: ignore[attr-defined]


def draft_of(call: Call) -> Draft:
    return call.drafts.get(state=DraftState.OPEN)


def page_of(call: Call) -> str:
    return f"{URL}{call.pk}/"


def form_of(call: Call, **said: str) -> dict[str, str]:
    """The form as it is sent."""
    return PARADIS | {"key": str(draft_of(call).pk)} | said
