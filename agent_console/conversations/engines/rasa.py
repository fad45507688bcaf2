"""The dialogue engine: Rasa, through our hub connector (``bot/connector.py``)."""

from typing import Any

import httpx

from ..desk.models import WaitingReason
from ..errors import EngineRefused, EngineUnavailable
from ..ports import Reply, TurnRequest, TurnResult

# The hub's words for why a person is wanted.
_PERSON = {"asked": WaitingReason.ASKED, "not_understood": WaitingReason.NOT_UNDERSTOOD}
# A turn may call actions that wait for the city's systems; the connector bounds itself below this.
_TIMEOUT = httpx.Timeout(30.0, connect=2.0)


class RasaEngine:
    """Asks ``POST {base_url}/hub/turns``; a repeated turn id gets the same answer."""

    def __init__(self, *, base_url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=base_url, timeout=_TIMEOUT, headers={"Authorization": f"Bearer {token}"}
        )

    def answer(self, request: TurnRequest) -> TurnResult:
        """The assistant's replies; raises ``EngineUnavailable`` or ``EngineRefused``."""
        try:
            response = self._client.post(
                "/hub/turns",
                json=_body(request),
            )
        except httpx.HTTPError as exc:
            raise EngineUnavailable from exc
        if response.status_code in (400, 413, 422):
            raise EngineRefused
        if response.status_code != 200:
            raise EngineUnavailable
        body = response.json()
        intent = body.get("intent") or {}
        return TurnResult(
            replies=[
                Reply(text=reply["text"], buttons=list(reply.get("buttons") or []))
                for reply in body["replies"]
            ],
            intent=str(intent.get("name") or ""),
            confidence=intent.get("confidence"),
            danger=bool(body.get("danger")),
            person=_PERSON.get(body.get("person") or ""),
            was_secret=bool(body.get("was_secret")),
            form=str(body.get("active_form") or ""),
        )


def _body(request: TurnRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "conversation": str(request.conversation),
        "turn": str(request.turn),
        "channel": request.channel,
        "locale": request.locale,
    }
    # A button's payload is words that say the same: the engine hears it as if it had been said.
    words = request.choice or request.text
    if words:
        body["text"] = words
    if request.photos:
        # The hub takes one; whoever makes the report joins all that came.
        body["attachment"] = {"photo": str(request.photos[0])}
    if request.location is not None:
        body["location"] = {
            "latitude": request.location.latitude,
            "longitude": request.location.longitude,
        }
    if request.resumes is not None:
        body["resumes"] = str(request.resumes)
    return body
