"""The console and the wallet, as the actions see them.

Paths and shapes: the console's ``/api/v1/openapi.json`` and the wallet's ``/v1/openapi.json``.
Every call raises ``ServiceUnavailable`` or ``ServiceRefused`` (see ``actions.http``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.http import ServiceClient, ServiceRefused
from actions.identity_client import Identity
from actions.pickup_client import Pickups
from actions.settings import Settings, settings_from_environment
from actions.wallet_client import Wallet


@dataclass(frozen=True)
class ResolvedPlace:
    """What the console makes of a place; ``commune`` is None when it cannot say, ``label`` is the
    number and street where they are known."""

    found: bool
    in_territory: bool
    commune: str | None
    insee: str | None = None
    label: str = ""


@dataclass(frozen=True)
class CreatedReport:
    """A stored report. ``points`` is what its validation would bring, 0 for none; ``receipt_url``
    is for its author alone; ``competent`` is who deals with it when the Metropolis does not."""

    reference: str
    category_label: str
    service_label: str
    target_hours: int
    clock: str
    points: int
    receipt_url: str = ""
    competent_name: str = ""
    competent_phone: str = ""


@dataclass(frozen=True)
class Opening:
    """When people answer.  ``hours``: the week in words, empty for none; ``opens``: when they are
    there again, empty while they are or when nobody knows."""

    is_open: bool
    hours: str
    opens: str


_SIMILAR_FIELDS = (
    "category",
    "conversation",
    "address",
    "commune",
    "place",
    "latitude",
    "longitude",
    "description",
)


def _place(body: Mapping[str, Any]) -> ResolvedPlace:
    commune: Mapping[str, Any] | None = body.get("commune")
    place: Mapping[str, Any] = body.get("place") or {}
    street = f"{place.get('house_number') or ''} {place.get('street') or ''}".strip()
    return ResolvedPlace(
        found=bool(body.get("found")),
        in_territory=bool(body.get("in_territory")),
        commune=str(commune["name"]) if commune else None,
        insee=str(commune["insee"]) if commune else None,
        label=street or str(body.get("label") or ""),
    )


class Console:
    """The console's internal API."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def resolve_place(self, *, text: str, commune: str) -> ResolvedPlace:
        """Find a commune, and if possible a place, in what somebody wrote."""
        body = await self._client.call(
            "POST", "/api/v1/places/resolve", json={"text": text, "commune": commune}, safe=True
        )
        return _place(body)

    async def place_at(self, *, latitude: float, longitude: float) -> ResolvedPlace:
        """The address at a position. Refusal: ``coordinates_invalid`` (422)."""
        position = {"latitude": latitude, "longitude": longitude}
        return _place(await self._client.call("GET", "/api/v1/places/reverse", params=position))

    async def categories(self) -> list[dict[str, Any]]:
        """All categories with their questions (``CategoryOut``)."""
        body = await self._client.call("GET", "/api/v1/reports/categories")
        return list(body["items"])

    async def similar_reports(self, *, draft: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Near reports of the same problem (``SimilarOut``), likeliest first."""
        asked = {name: draft[name] for name in _SIMILAR_FIELDS if draft.get(name) is not None}
        body = await self._client.call("POST", "/api/v1/reports/similar", json=asked, safe=True)
        return list(body["items"])

    async def support_report(
        self, *, reference: str, conversation: str, idempotency_key: str
    ) -> dict[str, Any]:
        """Follow somebody's report (``SupportOut``). Refusals with 409: closed, one's own."""
        return await self._client.call(
            "POST",
            f"/api/v1/reports/{reference}/support",
            json={"conversation": conversation},
            idempotency_key=idempotency_key,
        )

    async def end_support(self, *, reference: str, conversation: str) -> dict[str, Any]:
        """Follow it no more; repeating changes nothing. Refusal: ``support_unknown`` (404)."""
        return await self._client.call(
            "DELETE",
            f"/api/v1/reports/{reference}/support",
            params={"conversation": conversation},
            safe=True,
        )

    async def report(self, *, reference: str) -> dict[str, Any] | None:
        """One report (``ReportDetailOut``), None when nobody knows the reference."""
        try:
            return await self._client.call("GET", f"/api/v1/reports/{reference}")
        except ServiceRefused as refusal:
            if refusal.status in (404, 422):
                return None
            raise

    async def feedback(
        self, *, reference: str, conversation: str, is_solved: bool
    ) -> dict[str, Any]:
        """The author's answer to "is it solved?"; the same again changes nothing. Refusals:
        ``report_unknown`` (404), ``reopen_too_late`` (409)."""
        return await self._client.call(
            "POST",
            f"/api/v1/reports/{reference}/feedback",
            json={"conversation": conversation, "is_solved": is_solved},
            safe=True,
        )

    async def facilities(self, *, place: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
        """Facilities near ``place`` (``address``, or ``lat`` and ``lon``), as ``FacilityOut``.
        Refusals: ``place_unknown`` (404), ``place_missing`` (422)."""
        body = await self._client.call(
            "GET", "/api/v1/facilities/nearest", params={**place, "limit": limit}
        )
        return list(body["facilities"])

    async def sorting(self, *, waste: str) -> dict[str, Any]:
        """Where a waste goes (``SortingOut``)."""
        return await self._client.call("GET", "/api/v1/sorting", params={"waste": waste})

    async def knowledge(self, *, intent: str, text: str, locale: str) -> dict[str, Any] | None:
        """The article (``ArticleOut``) that answers what was understood, or what was written."""
        body = await self._client.call(
            "POST",
            "/api/v1/knowledge/answers",
            json={"intent": intent, "text": text, "locale": locale},
            safe=True,
        )
        article: dict[str, Any] | None = body["article"]
        return article

    async def create_report(
        self,
        *,
        idempotency_key: str,
        conversation: str,
        category: str,
        address: str,
        place: str,
        commune: str,
        description: str,
        **more: Any,
    ) -> CreatedReport:
        """Store a report, once for each key. Refusals: ``commune_unknown``, ``category_unknown``,
        ``place_missing``, ``outside_territory`` (all 422); ``idempotency_conflict`` (409) when the
        key stored other words, ``fields["reference"]`` being that report's. ``more``: latitude and
        longitude, photos, answers."""
        body = await self._client.call(
            "POST",
            "/api/v1/reports",
            json={
                "conversation": conversation,
                "category": category,
                "address": address,
                "place": place,
                "commune": commune,
                "description": description,
                **more,
            },
            idempotency_key=idempotency_key,
        )
        competent = body.get("competent") or {}
        return CreatedReport(
            reference=str(body["reference"]),
            category_label=str(body["category_label"]),
            service_label=str(body["service_label"]),
            target_hours=int(body["target_hours"]),
            clock=str(body["clock"]),
            points=int(body["points"]),
            receipt_url=str(body.get("receipt_url") or ""),
            competent_name=str(competent.get("name") or ""),
            competent_phone=str(competent.get("phone") or ""),
        )

    async def tell(self, *, conversation: str, cause: str, text: str) -> None:
        """Tell a citizen something that they did not just ask for, once for each ``cause``."""
        await self._client.call(
            "POST",
            f"/api/v1/conversations/{conversation}/notices",
            json={"cause": cause, "text": text},
            idempotency_key=cause,
        )

    async def call_back(
        self, *, conversation: str, phone: str, idempotency_key: str
    ) -> dict[str, Any]:
        """Have an operator call (``CallBackOut``), once for each key; without ``phone`` at the
        conversation's own number. Refusals (422): ``phone_missing``, ``phone_invalid``."""
        return await self._client.call(
            "POST",
            "/api/v1/callbacks",
            json={"conversation": conversation, "phone": phone, "reason": "closed"},
            idempotency_key=idempotency_key,
        )

    async def opening(self, *, locale: str) -> Opening:
        """Whether an operator answers right now, and when."""
        body = await self._client.call("GET", "/api/v1/opening", params={"locale": locale})
        return Opening(bool(body["is_open"]), str(body["hours"]), str(body["opens"]))

    async def opt_out(self, *, conversation: str) -> None:
        """Send nothing unasked any more to who writes in this conversation."""
        await self._client.call("PUT", f"/api/v1/conversations/{conversation}/opt-out")

    async def consultations(self, *, locale: str) -> list[dict[str, Any]]:
        """Those that take votes now, the first to end first."""
        body = await self._client.call("GET", "/api/v1/consultations", params={"locale": locale})
        return list(body["items"])

    async def ballot_link(self, *, consultation: str, conversation: str, locale: str) -> str:
        """Where this one person votes once. Refusals: ``not_verified`` (403: no proved phone),
        ``already_voted`` (409). A link asked for again opens the same right."""
        body = await self._client.call(
            "POST",
            f"/api/v1/consultations/{consultation}/ballot-links",
            json={"conversation": conversation, "locale": locale},
            safe=True,
        )
        return str(body["url"])

    async def my_data_counts(self, *, conversation: str) -> dict[str, int]:
        """How much of each kind is kept about whoever speaks (``MyData.counts``). Refusal:
        ``recognition_needed``, known or not."""
        body = await self._client.call("GET", f"/api/v1/identity/{conversation}/my-data")
        return dict(body["counts"])

    async def my_data_copy(self, *, conversation: str) -> dict[str, Any]:
        """An address where they read and take it all (``MyDataCopy``); again gives another one."""
        return await self._client.call(
            "POST", f"/api/v1/identity/{conversation}/my-data/copies", safe=True
        )

    async def report_description(
        self, *, conversation: str, reference: str, description: str
    ) -> None:
        """Correct the words of an open report of theirs; the same again changes nothing.
        Refusals: ``report_unknown`` (404), ``report_closed`` (409)."""
        await self._client.call(
            "PUT",
            f"/api/v1/identity/{conversation}/my-data/reports/{reference}/description",
            json={"description": description},
        )

    async def erasure_warning(self, *, conversation: str) -> dict[str, Any]:
        """What an erasure takes with it, in words (``ErasureWarning``)."""
        return await self._client.call("GET", f"/api/v1/identity/{conversation}/my-data/erasure")

    async def erase_my_data(self, *, conversation: str, confirm: str) -> dict[str, Any]:
        """Erase whoever speaks (``Erased``), for good; sent once. Refusals: ``warning_changed``
        (409), ``recognition_needed``: erasing takes a fresh code."""
        return await self._client.call(
            "POST",
            f"/api/v1/identity/{conversation}/my-data/erasure",
            json={"confirm": confirm},
        )

    async def points_question(self, *, conversation: str, idempotency_key: str) -> dict[str, Any]:
        """What the person wants, and whether to ask them now (``WalletQuestion``): once ever."""
        return await self._client.call(
            "POST",
            f"/api/v1/identity/{conversation}/consent/question",
            idempotency_key=idempotency_key,
        )

    async def points_answer(
        self, *, conversation: str, wants_points: bool, idempotency_key: str
    ) -> dict[str, Any]:
        """Keep whether they want points (``WalletWish``); a no takes a yes back."""
        return await self._client.call(
            "PUT",
            f"/api/v1/identity/{conversation}/consent",
            json={"answer": "yes" if wants_points else "no"},
            idempotency_key=idempotency_key,
        )

    async def wallet_of(self, *, conversation: str, level: str = "points") -> str | None:
        """The wallet (UUID) of the person in this conversation, None while there is none.
        ``level``: ``points`` to read them, ``spending``. Refusal: ``recognition_needed`` (403)."""
        body = await self._client.call(
            "GET", f"/api/v1/conversations/{conversation}/wallet", params={"level": level}
        )
        wallet = body.get("wallet_id")
        return str(wallet) if wallet else None


@dataclass(frozen=True)
class Services:
    """The services that actions may call; pickups and identity are parts of the console."""

    console: Console
    wallet: Wallet
    pickups: Pickups
    identity: Identity


_services: Services | None = None


def connect(settings: Settings) -> Services:
    """Clients for these settings; connections open on first use and are kept."""
    console = ServiceClient(
        service="console", base_url=settings.console_url, token=settings.console_token
    )
    wallet = ServiceClient(
        service="wallet", base_url=settings.wallet_url, token=settings.wallet_token
    )
    return Services(
        console=Console(console),
        wallet=Wallet(wallet),
        pickups=Pickups(console),
        identity=Identity(console),
    )


def services() -> Services:
    """The process's clients. rasa_sdk builds actions without arguments, so they ask here."""
    global _services
    if _services is None:
        _services = connect(settings_from_environment())
    return _services


def use_services(replacement: Services | None) -> None:
    """Set the process's clients; None means: connect again from the environment."""
    global _services
    _services = replacement
