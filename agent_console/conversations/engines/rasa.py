"""The dialogue engine: Rasa, through our hub connector (``bot/connector.py``)."""

import httpx

from ..errors import EngineRefused, EngineUnavailable
from ..ports import Reply, TurnRequest, TurnResult

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
                json={
                    "conversation": str(request.conversation),
                    "turn": str(request.turn),
                    "channel": request.channel,
                    "locale": request.locale,
                    "text": request.text,
                },
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
        )
