"""Every external function: what it answers, with which error it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import httpx
import pytest
from eth_abi.abi import decode as abi_decode
from eth_utils.crypto import keccak

from chain.artifact import nudge_points
from chain.codec import MAX_LINES, Line, Operation, Role, encode_call, role_id
from chain.tests.conftest import Contract

ADMIN_ROLE: Final = bytes(32)
CITIZEN: Final = "0x" + "c1" * 20
OTHER: Final = "0x" + "c2" * 20
WORD: Final = bytes.fromhex("c1" * 20) + (5).to_bytes(12, "big")

# function, its arguments, the type of its answer, the answer
Reading = tuple[str, Callable[[Contract], list[object]], str, Callable[[Contract], object]]
_READINGS: Final[tuple[Reading, ...]] = (
    ("name()", lambda c: [], "string", lambda c: "Points nudge de la Metropole"),
    ("symbol()", lambda c: [], "string", lambda c: "NUDGE"),
    ("decimals()", lambda c: [], "uint8", lambda c: 0),
    ("version()", lambda c: [], "string", lambda c: "1.0.0"),
    ("totalSupply()", lambda c: [], "uint256", lambda c: 10),
    ("balanceOf(address)", lambda c: [CITIZEN], "uint256", lambda c: 10),
    ("allowance(address,address)", lambda c: [CITIZEN, OTHER], "uint256", lambda c: 0),
    ("isUsed(uint256)", lambda c: [7], "bool", lambda c: True),
    ("paused()", lambda c: [], "bool", lambda c: False),
    ("MAX_LINES()", lambda c: [], "uint256", lambda c: MAX_LINES),
    ("DEFAULT_ADMIN_ROLE()", lambda c: [], "bytes32", lambda c: ADMIN_ROLE),
    ("ISSUER_ROLE()", lambda c: [], "bytes32", lambda c: role_id(Role.ISSUER)),
    ("REDEEMER_ROLE()", lambda c: [], "bytes32", lambda c: role_id(Role.REDEEMER)),
    ("PAUSER_ROLE()", lambda c: [], "bytes32", lambda c: role_id(Role.PAUSER)),
    (
        "hasRole(bytes32,address)",
        lambda c: [role_id(Role.ISSUER), c.issuer.address],
        "bool",
        lambda c: True,
    ),
    (
        "getRoleAdmin(bytes32)",
        lambda c: [role_id(Role.ISSUER)],
        "bytes32",
        lambda c: ADMIN_ROLE,
    ),
    ("getRoleMemberCount(bytes32)", lambda c: [ADMIN_ROLE], "uint256", lambda c: 1),
    (
        "getRoleMember(bytes32,uint256)",
        lambda c: [ADMIN_ROLE, 0],
        "address",
        lambda c: c.admin.address.lower(),
    ),
    (
        "getRoleMembers(bytes32)",
        lambda c: [role_id(Role.REDEEMER)],
        "address[]",
        lambda c: (c.redeemer.address.lower(),),
    ),
    (
        "supportsInterface(bytes4)",
        lambda c: [bytes.fromhex("01ffc9a7")],  # ERC-165's own
        "bool",
        lambda c: True,
    ),
)
READS: Final = {reading[0]: reading for reading in _READINGS}

# function → (error, sender, arguments, whether the contract is paused)
Refusal = tuple[str, str, str, list[object], bool]
_MINT, _BURN = "mintBatch(uint64,bytes32[])", "burnBatch(uint64,bytes32[])"
_MOVE = "moveBatch(uint64,bytes32[],address[])"
_NO_RIGHT, _PAUSED = "AccessControlUnauthorizedAccount", "EnforcedPause"
REFUSALS: Final[tuple[Refusal, ...]] = (
    (_MINT, _NO_RIGHT, "redeemer", [0, [WORD]], False),
    (_MINT, _PAUSED, "issuer", [0, [WORD]], True),
    (_MINT, "NudgePointsBatchSize", "issuer", [0, []], False),
    (_MINT, "NudgePointsBatchSize", "issuer", [0, [WORD] * 201], False),
    (_MOVE, _NO_RIGHT, "issuer", [0, [WORD], [OTHER]], False),
    (_MOVE, _PAUSED, "redeemer", [0, [WORD], [OTHER]], True),
    (_MOVE, "NudgePointsBatchSize", "redeemer", [0, [], []], False),
    (_MOVE, "NudgePointsBatchSize", "redeemer", [0, [WORD] * 201, [OTHER] * 201], False),
    (_MOVE, "NudgePointsRecipients", "redeemer", [0, [WORD], []], False),
    (_MOVE, "NudgePointsRecipients", "redeemer", [0, [WORD], [OTHER] * 2], False),
    (_BURN, _NO_RIGHT, "issuer", [0, [WORD]], False),
    (_BURN, _PAUSED, "redeemer", [0, [WORD]], True),
    (_BURN, "NudgePointsBatchSize", "redeemer", [0, []], False),
    (_BURN, "NudgePointsBatchSize", "redeemer", [0, [WORD] * 201], False),
    ("pause()", _NO_RIGHT, "issuer", [], False),
    ("pause()", _PAUSED, "admin", [], True),
    ("unpause()", _NO_RIGHT, "issuer", [], True),
    ("unpause()", "ExpectedPause", "admin", [], False),
    ("transfer(address,uint256)", "NudgePointsNotTransferable", "issuer", [OTHER, 1], False),
    (
        "transferFrom(address,address,uint256)",
        "NudgePointsNotTransferable",
        "issuer",
        [CITIZEN, OTHER, 1],
        False,
    ),
    ("approve(address,uint256)", "NudgePointsNotTransferable", "issuer", [OTHER, 1], False),
    ("grantRole(bytes32,address)", _NO_RIGHT, "issuer", [ADMIN_ROLE, OTHER], False),
    ("revokeRole(bytes32,address)", _NO_RIGHT, "issuer", [ADMIN_ROLE, OTHER], False),
    (
        "renounceRole(bytes32,address)",
        "AccessControlBadConfirmation",
        "admin",
        [ADMIN_ROLE, OTHER],
        False,
    ),
)
# OpenZeppelin's own checks, which stand behind ours: a bad line is skipped before they see it.
UNREACHABLE: Final = {
    "ERC20InsufficientAllowance",
    "ERC20InsufficientBalance",
    "ERC20InvalidApprover",
    "ERC20InvalidReceiver",
    "ERC20InvalidSender",
    "ERC20InvalidSpender",
}


@pytest.mark.parametrize("signature", READS)
def test_what_it_answers(contract: Contract, signature: str) -> None:
    contract.batch(Operation.MINT, 7, [Line(CITIZEN, 10)])
    _, arguments, answer, expected = READS[signature]

    output = contract.client.call(contract.address, encode_call(signature, arguments(contract)))

    assert abi_decode([answer], output) == (expected(contract),)


@pytest.mark.parametrize(
    "refusal",
    REFUSALS,
    ids=[f"{r[0].partition('(')[0]}-{r[1]}-{i}" for i, r in enumerate(REFUSALS)],
)
def test_with_which_error_it_refuses(contract: Contract, refusal: Refusal) -> None:
    signature, error, sender, arguments, paused = refusal
    if paused:
        assert contract.send(contract.admin, encode_call("pause()")).succeeded
    signer = getattr(contract, sender)

    assert _error(contract, signer.address, encode_call(signature, arguments)) == error
    receipt = contract.send(signer, encode_call(signature, arguments))
    assert (receipt.succeeded, receipt.logs) == (False, ())


def test_the_last_admin_cannot_go_by_revocation_either(contract: Contract) -> None:
    call = encode_call("revokeRole(bytes32,address)", [ADMIN_ROLE, contract.admin.address])

    assert _error(contract, contract.admin.address, call) == "NudgePointsLastAdmin"


def test_a_role_is_given_taken_and_given_up(contract: Contract) -> None:
    issuer = role_id(Role.ISSUER)

    def change(function: str, *, by: str, account: str) -> None:
        call = encode_call(f"{function}(bytes32,address)", [issuer, account])
        assert contract.send(getattr(contract, by), call).succeeded

    change("grantRole", by="admin", account=OTHER)
    assert contract.client.has_role(contract.address, Role.ISSUER, OTHER)
    change("revokeRole", by="admin", account=OTHER)
    assert not contract.client.has_role(contract.address, Role.ISSUER, OTHER)
    change("renounceRole", by="issuer", account=contract.issuer.address)
    assert not contract.client.has_role(contract.address, Role.ISSUER, contract.issuer.address)


def test_no_function_and_no_error_is_left_out_here() -> None:
    abi = nudge_points().abi
    functions = {item["name"]: item for item in abi if item["type"] == "function"}
    writes = {name for name, item in functions.items() if item["stateMutability"] == "nonpayable"}
    read = {signature.partition("(")[0] for signature in READS}
    refusing = {signature.partition("(")[0] for signature, *_ in REFUSALS}
    provoked = {error for _, error, *_ in REFUSALS} | {"NudgePointsLastAdmin"}

    assert read | refusing == set(functions)
    assert writes <= refusing
    assert provoked | UNREACHABLE == {item["name"] for item in abi if item["type"] == "error"}


def _error(contract: Contract, sender: str, data: bytes) -> str:
    """The name of the error that a call of ``sender`` would revert with."""
    call = {"from": sender, "to": contract.address, "data": "0x" + data.hex()}
    body = {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [call, "latest"]}
    answer = httpx.post(contract.client.rpc_url, json=body, trust_env=False).json()
    selector = bytes.fromhex(answer["error"]["data"].removeprefix("0x"))[:4]
    names: dict[bytes, str] = {}
    for item in nudge_points().abi:
        if item["type"] == "error":
            types = ",".join(argument["type"] for argument in item["inputs"])
            names[keccak(text=f"{item['name']}({types})")[:4]] = item["name"]
    return names[selector]
