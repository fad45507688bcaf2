"""Who may do what, and what nobody may do."""

from __future__ import annotations

import pytest

from chain.artifact import nudge_points
from chain.codec import Line, Operation, Role, encode_batch, encode_call, encode_grant
from chain.tests.conftest import Contract

CITIZEN = "0x" + "c1" * 20
OTHER = "0x" + "c2" * 20


@pytest.mark.parametrize("operation", list(Operation))
def test_only_the_role_of_an_operation_may_send_it(
    contract: Contract, operation: Operation
) -> None:
    contract.batch(Operation.MINT, 0, [Line(CITIZEN, 10)])
    to = OTHER if operation is Operation.MOVE else None
    data = encode_batch(operation, first=1, lines=[Line(CITIZEN, 1, to)])
    others = {contract.admin, contract.issuer, contract.redeemer}
    others.remove(contract.issuer if operation is Operation.MINT else contract.redeemer)

    for sender in others:
        assert not contract.send(sender, data).succeeded

    assert contract.balance(CITIZEN) == 10
    assert not contract.is_used(1)


@pytest.mark.parametrize(
    ("signature", "values"),
    [
        ("transfer(address,uint256)", [OTHER, 1]),
        ("transferFrom(address,address,uint256)", [CITIZEN, OTHER, 1]),
        ("approve(address,uint256)", [OTHER, 1]),
    ],
)
def test_nobody_transfers_or_approves(
    contract: Contract, signature: str, values: list[object]
) -> None:
    # Even a service key that holds points can't send them on by itself.
    contract.batch(Operation.MINT, 0, [Line(contract.issuer.address, 10), Line(CITIZEN, 10)])

    receipt = contract.send(contract.issuer, encode_call(signature, values))

    assert not receipt.succeeded
    assert contract.balance(OTHER) == 0
    assert contract.balance(contract.issuer.address) == 10


def test_a_pause_stops_batches_until_it_is_lifted(contract: Contract) -> None:
    mint = encode_batch(Operation.MINT, first=0, lines=[Line(CITIZEN, 10)])

    assert contract.send(contract.admin, encode_call("pause()")).succeeded
    assert contract.client.is_paused(contract.address)
    assert not contract.send(contract.issuer, mint).succeeded
    assert not contract.is_used(0)

    assert contract.send(contract.admin, encode_call("unpause()")).succeeded
    assert contract.send(contract.issuer, mint).succeeded
    assert contract.balance(CITIZEN) == 10


def test_only_the_pauser_pauses(contract: Contract) -> None:
    assert not contract.send(contract.issuer, encode_call("pause()")).succeeded
    assert not contract.client.is_paused(contract.address)


def test_only_the_admin_grants_roles(contract: Contract) -> None:
    grant = encode_grant(Role.ISSUER, account=OTHER)

    assert not contract.send(contract.issuer, grant).succeeded
    assert not contract.client.has_role(contract.address, Role.ISSUER, OTHER)


def test_the_last_admin_stays(contract: Contract) -> None:
    admin_role = bytes(32)
    renounce = encode_call("renounceRole(bytes32,address)", [admin_role, contract.admin.address])
    assert not contract.send(contract.admin, renounce).succeeded

    grant = encode_call("grantRole(bytes32,address)", [admin_role, OTHER])
    assert contract.send(contract.admin, grant).succeeded
    assert contract.send(contract.admin, renounce).succeeded


def test_it_reads_as_an_erc20_without_decimals(contract: Contract) -> None:
    """Read with web3's own ABI machinery: what an outside auditor would use."""
    from web3 import HTTPProvider, Web3

    rpc_url = contract.client.rpc_url
    token = Web3(HTTPProvider(rpc_url)).eth.contract(
        address=Web3.to_checksum_address(contract.address), abi=nudge_points().abi
    )
    contract.batch(Operation.MINT, 0, [Line(CITIZEN, 10)])

    assert token.functions.name().call() == "Points nudge de la Metropole"
    assert token.functions.symbol().call() == "NUDGE"
    assert token.functions.decimals().call() == 0
    assert token.functions.version().call() == "1.0.0"
    assert token.functions.totalSupply().call() == 10
    assert token.functions.balanceOf(Web3.to_checksum_address(CITIZEN)).call() == 10
    (event,) = token.events.Transfer().get_logs(from_block=0)
    assert event["args"] == {
        "from": "0x" + "00" * 20,
        "to": Web3.to_checksum_address(CITIZEN),
        "value": 10,
    }
    (done,) = token.events.BatchDone().get_logs(from_block=0)
    assert (done["args"]["first"], done["args"]["applied"], done["args"]["points"]) == (0, 1, 10)
