"""A proof is checked with web3 alone: its calls, its decoding, nothing of ours but the ABI."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.logs import DISCARD

from chain.artifact import nudge_points
from chain.testing import TestNode
from wallet_service.settlement.models import Deployment
from wallet_service.settlement.selectors import proof_for_entry

from .conftest import Driver
from .ledgering import new_partner, new_wallet, reward, spend


def test_any_web3_client_can_check_a_proof(
    driver: Driver, deployment: Deployment, node: TestNode
) -> None:
    reward(new_wallet(), points=3)
    wallet = new_wallet()
    entry = reward(wallet, points=10)
    assert proof_for_entry(entry) is None

    driver.settle()

    proof = proof_for_entry(entry)
    assert proof is not None
    web3 = Web3(HTTPProvider(node.rpc_url))
    contract = web3.eth.contract(
        address=Web3.to_checksum_address(proof.settlement.contract_address),
        abi=nudge_points().abi,
    )
    transaction_hash = HexBytes(proof.settlement.transaction_hash)
    transaction = web3.eth.get_transaction(transaction_hash)
    assert transaction["blockHash"].to_0x_hex() == proof.block_hash
    assert transaction["blockNumber"] == proof.settlement.block_number
    assert transaction["to"] == contract.address
    function, arguments = contract.decode_function_input(transaction["input"])
    assert function.fn_name == proof.function == "mintBatch"
    assert arguments["first"] == proof.first_number
    assert len(arguments["lines"]) == proof.line_count == 2
    assert Web3.to_hex(arguments["lines"][proof.settlement.position]) == proof.line
    assert proof.line == wallet.address.lower() + f"{10:024x}"
    assert proof.settlement.number == proof.first_number + proof.settlement.position

    receipt = web3.eth.get_transaction_receipt(transaction_hash)
    (done,) = contract.events.BatchDone().process_receipt(receipt, errors=DISCARD)
    assert (done["args"]["applied"], done["args"]["refused"]) == (2, 0)
    given = {
        t["args"]["to"]: t["args"]["value"]
        for t in contract.events.Transfer().process_receipt(receipt, errors=DISCARD)
    }
    assert given[Web3.to_checksum_address(wallet.address)] == 10
    assert contract.functions.balanceOf(wallet.address).call() == 10
    assert contract.functions.isUsed(proof.settlement.number).call()


@pytest.mark.parametrize("kind", ["mint", "move", "burn"])
def test_the_proofs_json_is_all_that_a_web3_client_needs(
    driver: Driver, node: TestNode, kind: str
) -> None:
    wallet, partner = new_wallet(), new_partner()
    entries = {"mint": reward(wallet, points=10)}
    entries["move"] = spend(wallet, points=7, to=partner)
    entries["burn"] = spend(partner, points=2)
    driver.settle()
    proof = proof_for_entry(entries[kind])
    assert proof is not None
    facts = asdict(proof)
    text = json.dumps({**facts.pop("settlement"), **facts}, cls=DjangoJSONEncoder)

    _check(json.loads(text), node.rpc_url)
    forged = json.loads(text)
    forged["line"] = forged["line"][:-1] + "f"
    with pytest.raises(AssertionError):
        _check(forged, node.rpc_url)


def _check(proof: dict[str, Any], rpc_url: str) -> None:
    """What docs/operations/wallet.md tells an auditor to run: web3 and the JSON, no ABI of ours."""
    web3 = Web3(HTTPProvider(rpc_url))
    assert web3.eth.chain_id == proof["chain_id"]
    # 1. The transaction stands in the block named, and calls the contract.
    transaction = web3.eth.get_transaction(proof["transaction_hash"])
    assert transaction["blockHash"].to_0x_hex() == proof["block_hash"]
    assert transaction["to"] == proof["contract_address"]
    # 2. It calls the function named, with the line at its place.
    types = ["uint64", "bytes32[]"] + ["address[]"] * (proof["function"] == "moveBatch")
    selector = Web3.keccak(text=f"{proof['function']}({','.join(types)})")[:4]
    call = bytes(transaction["input"])
    assert call[:4] == selector
    first, lines, *recipients = web3.codec.decode(types, call[4:])
    assert first == proof["first_number"] == proof["number"] - proof["position"]
    assert len(lines) == proof["line_count"]
    line = lines[proof["position"]]
    assert "0x" + line.hex() == proof["line"]
    assert int.from_bytes(line[20:], "big") == proof["points"]
    if recipients:
        (listed,) = recipients
        assert listed[proof["position"]] == proof["to_address"].lower()
    # 3. It did what it asks for: all lines applied, and the points moved.
    receipt = web3.eth.get_transaction_receipt(proof["transaction_hash"])
    assert receipt["status"] == 1
    done = Web3.keccak(text="BatchDone(bytes4,uint256,uint256,uint256,uint256,uint256)")
    moved = Web3.keccak(text="Transfer(address,address,uint256)")
    logs = [log for log in receipt["logs"] if log["address"] == proof["contract_address"]]
    (batch,) = [log for log in logs if log["topics"][0] == done]
    assert int.from_bytes(batch["topics"][2], "big") == proof["first_number"]
    _, applied, refused, _ = web3.codec.decode(["uint256"] * 4, batch["data"])
    assert (applied, refused) == (proof["line_count"], 0)
    nobody = "0x" + "00" * 20
    wanted = [
        bytes.fromhex((address or nobody)[2:]).rjust(32, b"\0")
        for address in (proof["from_address"], proof["to_address"])
    ]
    assert any(
        log["topics"][0] == moved
        and [bytes(topic) for topic in log["topics"][1:]] == wanted
        and int.from_bytes(log["data"], "big") == proof["points"]
        for log in logs
    )
