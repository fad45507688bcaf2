"""Callers of the wallet who never know whether they were heard: each request is sent twice."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from wallet_service.api.tests.conftest import Caller

SIRET = "21130055300016"  # a town hall's
SUPERVISORS = tuple(str(uuid.UUID(int=number)) for number in (1, 2))
Body = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A request that was answered, and the answer that every repetition must get."""

    method: str
    path: str
    body: Body | None
    key: str
    answer: tuple[int, Body]


@dataclass
class City:
    """The console as the wallet sees it."""

    caller: Caller
    answered: list[Sent] = field(default_factory=list)

    def write(self, method: str, path: str, body: Body | None = None) -> tuple[int, Body]:
        """The answer to a write; the same request again must get it again."""
        sent = Sent(method, path, body, str(uuid.uuid4()), (0, {}))
        answer = self._send(sent)
        assert self._send(sent) == answer
        if answer[0] < 300:
            self.answered.append(Sent(method, path, body, sent.key, answer))
        return answer

    def made(self, method: str, path: str, body: Body | None = None) -> Body:
        """As ``write``, for what must not be refused."""
        status, answer = self.write(method, path, body)
        assert status < 300, (path, status, answer)
        return answer

    def refused(self, method: str, path: str, body: Body | None = None) -> str:
        """As ``write``, for what must be refused; returns the code."""
        status, answer = self.write(method, path, body)
        assert 400 <= status < 500, (path, status, answer)
        return str(answer["code"])

    def read(self, path: str) -> Body:
        status, answer = self.caller("GET", path)
        assert status == 200, (path, status, answer)
        return answer

    def open_wallet(self, wallet_id: str) -> None:
        """The id is its own key: the second time it is found."""
        assert [self.caller("PUT", f"/wallets/{wallet_id}")[0] for _ in range(2)] == [201, 200]

    def everything_is_answered_as_before(self) -> None:
        """Each key once more, however much has happened since."""
        for sent in self.answered:
            assert self._send(sent) == sent.answer

    def keys_are_not_taken_twice(self) -> None:
        """The same key for another request is refused; in bulk each item has its own."""
        taken = [sent.key for sent in self.answered if not sent.path.endswith("/bulk")]
        other = {
            "wallet_id": str(uuid.uuid4()),
            "rule": "another.thing",
            "evidence": str(uuid.uuid4()),
            "channel": "web",
        }
        for key in taken[-3:]:
            status, answer = self.caller("POST", "/rewards", other, key=key)
            assert (status, answer["code"]) == (409, "idempotency_conflict"), answer

    def _send(self, sent: Sent) -> tuple[int, Body]:
        return self.caller(sent.method, sent.path, sent.body, key=sent.key)

    def correct(self, order: Body) -> None:
        """A correction that two supervisors want."""
        proposed = self.made("POST", "/corrections", _proposal(order))
        self.approve(proposed["id"])

    def refused_correction(self, order: Body) -> str:
        return self.refused("POST", "/corrections", _proposal(order))

    def approve(self, correction_id: str) -> None:
        """The second supervisor agrees; the first one alone may not."""
        path = f"/corrections/{correction_id}/decision"
        alone = {"decision": "approve", "actor": SUPERVISORS[0]}
        assert self.refused("POST", path, alone) == "same_person"
        self.made("POST", path, {"decision": "approve", "actor": SUPERVISORS[1]})

    def open_rule(self, code: str, *, points: int, auto_post_after_days: int | None) -> None:
        """A rule without caps, from now on."""
        self.made(
            "POST",
            "/rules",
            {
                "code": code,
                "points": points,
                "valid_from": None,
                "cap_day_points": None,
                "cap_month_points": None,
                "cooling_off_s": 0,
                "auto_post_after_days": auto_post_after_days,
                "checked_percent": 0,
                "campaign": None,
                "author": str(uuid.uuid4()),
            },
        )

    def open_partner(self) -> str:
        """A partner under agreement; returns its id."""
        actor = str(uuid.uuid4())
        today = dt.datetime.now(tz=dt.UTC).date()
        partner = self.made(
            "POST",
            "/partners",
            {"siret": SIRET, "name": "Piscine", "kind": "metropolitan", "actor": actor},
        )
        self.made(
            "POST",
            f"/partners/{partner['id']}/agreements",
            {
                "starts_on": str(today - dt.timedelta(days=2)),
                "ends_on": str(today + dt.timedelta(days=365)),
                "reference": "CONV-1",
                "actor": actor,
            },
        )
        return str(partner["id"])

    def open_offer(self, partner_id: str, *, price_points: int) -> str:
        """An offer without limits; returns its id."""
        now = dt.datetime.now(tz=dt.UTC)
        offer = self.made(
            "POST",
            "/offers",
            {
                "partner_id": partner_id,
                "title": "Entrée",
                "description": "Une entrée",
                "how_to_use": "Montrez le bon à la caisse",
                "price_points": price_points,
                "reimbursement_cents": 150,
                "stock": None,
                "per_wallet_limit": None,
                "communes": [],
                "valid_from": (now - dt.timedelta(days=1)).isoformat(),
                "valid_until": (now + dt.timedelta(days=180)).isoformat(),
                "voucher_days": 30,
                "actor": str(uuid.uuid4()),
            },
        )
        return str(offer["id"])


def _proposal(order: Body) -> Body:
    return {**order, "reason": "mistake", "actor": SUPERVISORS[0]}
