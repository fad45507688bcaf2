"""The words that this client has for the wallet's states, against the wallet's description."""

from __future__ import annotations

import json
from pathlib import Path

from agent_console.wallet.redemptions import VoucherState

CONTRACT = Path(__file__).resolve().parents[3] / "docs" / "api" / "wallet.openapi.json"


def test_every_state_of_a_voucher_is_known() -> None:
    schemas = json.loads(CONTRACT.read_text())["components"]["schemas"]
    assert set(VoucherState) == set(schemas["RedemptionState"]["enum"])
