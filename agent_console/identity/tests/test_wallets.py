"""The job that makes wallets one: what is lost on the way is asked again under the same key."""

import json
import uuid
from collections.abc import Iterator

import httpx
import pytest

from agent_console.citizens.merging import resident_merge, resident_unmerge
from agent_console.citizens.models import Resident, ResidentMerge
from agent_console.citizens.services import wallet_assign
from agent_console.identity.wallets import wallets_synchronise
from agent_console.wallet import http
from agent_console.wallet.http import WalletUnavailable
from agent_console.wallet.tests.contract import check_exchange

pytestmark = pytest.mark.django_db
NOW = "2026-11-01T08:00:00Z"


class Wallet:
    """Answers merges as described; ``calls`` holds what was asked, with its key."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str | None]] = []
        self.away = 0
        self.knows_merges = True

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.url.path, request.headers.get("Idempotency-Key")))
        response = self._answer(request)
        check_exchange(request, response)
        if self.away:  # it happened, and the answer is lost
            self.away -= 1
            raise httpx.ReadTimeout("lost", request=request)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "PUT":
            return httpx.Response(200, json=_wallet(path.split("/")[3]))
        if path.endswith("/undo") and not self.knows_merges:
            problem = {"type": "about:blank", "title": "Not Found", "status": 404}
            more = {"code": "merge_unknown", "message": "", "fields": {}}
            return httpx.Response(404, json=problem | more)
        said = json.loads(request.content or b"{}")
        body = {
            "id": said.get("id", str(uuid.uuid4())),
            "source_id": said.get("source_id", str(uuid.uuid4())),
            "target_id": str(uuid.uuid4()),
            "moved_points": 3,
            "moved_debt_points": 0,
            "created_at": NOW,
            "undo_until": NOW,
            "undone_at": NOW if path.endswith("/undo") else None,
        }
        return httpx.Response(200 if path.endswith("/undo") else 201, json=body)


def _wallet(wallet_id: str) -> dict[str, object]:
    points = ("available", "pending", "held", "recoverable", "settled")
    return {
        "id": wallet_id,
        "address": "0x" + "0" * 40,
        **{f"{kind}_points": 0 for kind in points},
        "last_settlement": None,
        "merged_wallets": [],
        "created_at": NOW,
    }


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wallet]:
    fake = Wallet()
    with httpx.Client(
        base_url="http://wallet", transport=httpx.MockTransport(fake.answer)
    ) as client:
        monkeypatch.setattr(http, "client", lambda: client)
        yield fake


@pytest.fixture
def merge(everybody_agrees: None, db: None) -> ResidentMerge:
    kept, merged = Resident.objects.create(), Resident.objects.create()
    wallet_assign(resident_id=merged.pk)
    return resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=None)


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    wallet: Wallet, merge: ResidentMerge
) -> None:
    wallet.away = 3
    for _ in range(3):
        with pytest.raises(WalletUnavailable):
            wallets_synchronise(merge_id=merge.pk)
    for _ in range(2):
        wallets_synchronise(merge_id=merge.pk)
    merge.refresh_from_db()
    kept = Resident.objects.get(pk=merge.kept_id)
    assert merge.wallets_at is not None
    assert kept.wallet_id is not None
    asked = [call for call in wallet.calls if call[1]]
    assert set(asked) == {(f"/v1/wallets/{kept.wallet_id}/merges", f"{merge.pk}:merge")}


def test_apart_again(wallet: Wallet, merge: ResidentMerge) -> None:
    wallets_synchronise(merge_id=merge.pk)
    resident_unmerge(merge_id=merge.pk, actor=None)
    wallets_synchronise(merge_id=merge.pk)
    assert wallet.calls[-1] == (f"/v1/merges/{merge.pk}/undo", f"{merge.pk}:undo")
    merge.refresh_from_db()
    assert merge.wallets_at is not None


def test_undone_before_the_wallet_heard_of_it(wallet: Wallet, merge: ResidentMerge) -> None:
    wallet.knows_merges = False
    resident_unmerge(merge_id=merge.pk, actor=None)
    wallets_synchronise(merge_id=merge.pk)
    merge.refresh_from_db()
    assert merge.wallets_at is not None


def test_without_a_wallet_there_is_nothing_to_do(wallet: Wallet) -> None:
    kept, merged = Resident.objects.create(), Resident.objects.create()
    merge = resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=None)
    wallets_synchronise(merge_id=merge.pk)
    assert wallet.calls == []
