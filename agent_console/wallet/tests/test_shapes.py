"""What the client reads and sends, and the codes that it knows, against the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent_console.wallet.redemptions import VoucherState
from agent_console.wallet.tests.fake_wallet import PARTNER, FakeWallet, offer

CONTRACT = Path(__file__).resolve().parents[3] / "docs" / "api" / "wallet.openapi.json"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CONTRACT.read_text())["components"]["schemas"]
    return loaded


def test_the_fake_wallet_answers_with_no_field_of_its_own(schemas: dict[str, Any]) -> None:
    fake = FakeWallet()
    voucher = fake.vouchers[fake.voucher(state="captured", captured_at="2026-11-24T10:00:00Z")]
    assert set(voucher) == set(schemas["VoucherOut"]["properties"])
    assert set(voucher["offer"]) == set(schemas["PromisedOffer"]["properties"])
    catalogue = fake._catalogue(params={}, body={})["items"][0]
    assert set(catalogue) <= set(schemas["CatalogueOffer"]["properties"])
    assert set(offer(PARTNER, "", 1)) <= set(schemas["OfferOut"]["properties"])
    captures = fake._captures(str(PARTNER), params={"day": "2026-11-24"}, body={})
    assert set(captures) == set(schemas["CapturesOut"]["properties"])
    assert set(captures["items"][0]) == set(schemas["CaptureOut"]["properties"])


@pytest.mark.parametrize(
    ("schema", "sent"),
    [
        ("RedemptionIn", {"wallet_id", "offer_id", "channel", "commune"}),
        ("CaptureIn", {"partner_id", "cashier", "site", "own_voucher"}),
        ("DisputeIn", {"partner_id", "reason", "actor"}),
    ],
)
def test_a_body_is_the_one_that_is_expected(
    schemas: dict[str, Any], schema: str, sent: set[str]
) -> None:
    assert sent == set(schemas[schema]["properties"])


def test_every_state_of_a_voucher_is_known(schemas: dict[str, Any]) -> None:
    assert set(VoucherState) == set(schemas["RedemptionState"]["enum"])
