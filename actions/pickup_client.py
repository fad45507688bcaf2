"""The console's pickups, as the actions see them; shapes in the console's OpenAPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.http import ServiceClient

_ROOT = "/api/v1/pickups"


class Pickups:
    """Objects, rules, free slots, bookings. Every call raises ``ServiceUnavailable`` or
    ``ServiceRefused``, whose codes stand in ``agent_console/pickups/errors.py``."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def items(self, *, text: str, locale: str) -> list[dict[str, Any]]:
        """The objects that a text names (``SaidOut``): accepted, forbidden or unknown."""
        body = await self._client.call(
            "POST", f"{_ROOT}/items", json={"text": text[:500], "locale": locale}, safe=True
        )
        return list(body["items"])

    async def coverage(self, *, place: str) -> dict[str, Any]:
        """Who collects there (``CoverageOut``). Refusals (422): ``commune_unknown``,
        ``arrondissement_needed``."""
        return await self._client.call(
            "POST", f"{_ROOT}/rules", json={"place": place[:200]}, safe=True
        )

    async def slots(
        self, *, insee: str, objects: int, limit: int, locale: str
    ) -> list[dict[str, Any]]:
        """Free slots for so many objects (``SlotOut``), the nearest first."""
        asked = {"insee": insee, "objects": objects, "limit": limit, "locale": locale}
        body = await self._client.call("GET", f"{_ROOT}/slots", params=asked)
        return list(body["slots"])

    async def book(self, *, booking: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Book (``BookingIn`` to ``BookingOut``), once for each key."""
        return await self._client.call("POST", _ROOT, json=booking, idempotency_key=idempotency_key)

    async def bookings(self, *, conversation: str) -> list[dict[str, Any]]:
        """The bookings of whoever speaks, the latest day first."""
        body = await self._client.call("GET", _ROOT, params={"conversation": conversation})
        return list(body["bookings"])

    async def change(self, *, reference: str, conversation: str, slot: int) -> dict[str, Any]:
        """Another slot; asking for what is booked already changes nothing."""
        return await self._client.call(
            "POST",
            f"{_ROOT}/{reference}/change",
            json={"conversation": conversation, "slot": slot},
            safe=True,
        )

    async def cancel(self, *, reference: str, conversation: str) -> dict[str, Any]:
        """Cancel; cancelling twice changes nothing."""
        return await self._client.call(
            "POST",
            f"{_ROOT}/{reference}/cancel",
            json={"conversation": conversation},
            safe=True,
        )


def object_lines(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items as ``LineIn``."""
    return [{"code": item["code"], "count": item["count"]} for item in items]
