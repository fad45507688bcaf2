"""A proof is checked with web3 alone: its calls, its decoding, nothing of ours but the ABI."""

from __future__ import annotations

from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.logs import DISCARD

from chain.artifact import nudge_points
from chain.testing import TestNode
from wallet_service.settlement.models import Deployment
from wallet_service.settlement.selectors import proof_for_entry

from .conftest import Driver
from .ledgering import new_wallet, reward


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
