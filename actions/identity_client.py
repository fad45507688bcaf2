"""Who speaks, proved by a code or a PIN, as the actions see it; shapes in the console's OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.http import ServiceClient

SPENDING = "spending"


@dataclass(frozen=True)
class Recognised:
    """What whoever speaks may do now (``nobody``, ``cases``, ``points``, ``spending``), and how
    they can prove more (``code``, ``pin``)."""

    level: str
    ways: tuple[str, ...]


def _recognised(body: dict[str, Any]) -> Recognised:
    return Recognised(level=str(body["level"]), ways=tuple(body["ways"]))


class Identity:
    """``/api/v1/identity/<conversation>``. Codes and PINs go by here once and stay nowhere."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def recognised(self, *, conversation: str) -> Recognised:
        """What whoever speaks here may do now."""
        return _recognised(await self._client.call("GET", f"/api/v1/identity/{conversation}"))

    async def code_start(self, *, conversation: str, idempotency_key: str) -> str:
        """Have a code brought to their phone; the id that it is confirmed with. Refusals:
        ``codes_limited`` (429, ``retry_after_s``), ``code_undeliverable``."""
        body = await self._client.call(
            "POST", f"/api/v1/identity/{conversation}/codes", idempotency_key=idempotency_key
        )
        return str(body["code_id"])

    async def code_confirm(self, *, conversation: str, code_id: str, code: str) -> Recognised:
        """Repeat the code. Refusals: ``code_wrong`` (``attempts_left``), ``code_ended``, which is
        also what a second call hears after the first one's answer was lost."""
        body = await self._client.call(
            "POST",
            f"/api/v1/identity/{conversation}/codes/confirm",
            json={"code_id": code_id, "code": code},
            safe=True,
        )
        return _recognised(body)

    async def pin_check(self, *, conversation: str, pin: str) -> Recognised:
        """Say the PIN; every call is a try. Refusals: ``pin_wrong`` (``attempts_left``),
        ``pin_locked``, ``pin_unset``."""
        body = await self._client.call(
            "POST", f"/api/v1/identity/{conversation}/pin/check", json={"pin": pin}
        )
        return _recognised(body)

    async def link_start(self, *, conversation: str, phone: str, idempotency_key: str) -> str:
        """Have a code brought to a number, to link it. Refusals: ``phone_invalid``,
        ``phone_not_callable``, ``codes_limited``, ``recognition_needed``."""
        body = await self._client.call(
            "POST",
            f"/api/v1/identity/{conversation}/links",
            json={"phone": phone},
            idempotency_key=idempotency_key,
        )
        return str(body["code_id"])

    async def link_vouched(self, *, conversation: str, idempotency_key: str) -> dict[str, Any]:
        """Link the number that the channel vouches for (``LinkVouched``): done, or a code is on
        its way. Refusals: those of ``link_start``, ``phone_not_vouched``."""
        return await self._client.call(
            "POST",
            f"/api/v1/identity/{conversation}/links/vouched",
            idempotency_key=idempotency_key,
        )

    async def link_confirm(self, *, conversation: str, code_id: str, code: str) -> str:
        """Repeat the code: ``linked``, ``merged`` or ``already``; the same again hears the same.
        Refusals: ``code_wrong``, ``code_ended``, ``link_conflict``."""
        body = await self._client.call(
            "POST",
            f"/api/v1/identity/{conversation}/links/confirm",
            json={"code_id": code_id, "code": code},
            safe=True,
        )
        return str(body["outcome"])
