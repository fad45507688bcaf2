"""Node and relayer die at random moments under load; the chain is wiped; all is right at last."""

import uuid
from collections.abc import Sequence
from typing import Any

from web3 import Web3

from chain.artifact import nudge_points
from chain.codec import transfers
from tests.support.chaos import (
    PAID_AT_ONCE,
    PAID_WHEN_CONFIRMED,
    PENDING_POINTS,
    PRICE_POINTS,
    Life,
    kill_at_random,
    statement,
)
from tests.support.ledger import Ledger
from tests.support.system import System, eventually
from tests.support.wallet_caller import WalletCaller, partner_with_offer, rule_without_limits
from tests.support.wallet_shell import run_in_wallet

SEED = 20261124
LOAD_S = 35.0
LIVES = 3
WALLETS_A_LIFE = 4
SIRET = "21130055300016"  # a town hall's

_UNSETTLED = """
SELECT (SELECT count(*) FROM ledger_settlementintent WHERE NOT batched)
     + (SELECT count(*) FROM settlement_chaintransaction WHERE state <> 'confirmed')
"""
# The relayer keeps one by itself every few hundred transactions.
_KEEP_A_COPY = """
from chain.client import ChainClient
from chain.config import ChainConfig
from wallet_service.settlement.checkpoints import Checkpoints
config = ChainConfig.from_environ()
with ChainClient(config.rpc_url) as client:
    assert Checkpoints(folder=config.checkpoint_dir).keep(client) is not None
"""
_LAST_CONFIRMED = "SELECT max(confirmed_at) FROM settlement_chaintransaction"
# Every line that was ever signed, in the order in which the contract must have applied it.
_LINES = """
SELECT stored.hash, line.position, intent.from_address, intent.to_address, intent.points,
       line.number
  FROM ledger_settlementintent AS intent
  JOIN settlement_settlementline AS line ON line.intent_id = intent.id
  JOIN settlement_batch AS batch ON batch.id = line.batch_id
  JOIN settlement_chaintransaction AS stored ON stored.sequence = batch.transaction_id
 ORDER BY line.number
"""
_ON_CHAIN = """
SELECT wallet.address, sum(account.balance_points)
  FROM ledger_wallet AS wallet JOIN ledger_account AS account ON account.wallet_id = wallet.id
 WHERE account.kind IN ('wallet_available', 'wallet_held', 'partner_earned')
 GROUP BY wallet.address
"""


def test_it_heals_by_itself_and_every_balance_is_right(system: System, ledger: Ledger) -> None:
    caller = WalletCaller(system)
    rule_without_limits(caller, PAID_AT_ONCE, points=1, auto_post_after_days=0)
    rule_without_limits(
        caller, PAID_WHEN_CONFIRMED, points=PENDING_POINTS, auto_post_after_days=None
    )
    partner_id, offer_id = partner_with_offer(caller, siret=SIRET, price_points=PRICE_POINTS)
    lives = [
        Life(
            system,
            seed=SEED + index,
            wallets=WALLETS_A_LIFE,
            partner_id=partner_id,
            offer_id=offer_id,
        )
        for index in range(LIVES)
    ]
    for life in lives:
        life.start()
    killed = kill_at_random(
        system,
        ["chain", "relayer"],
        seed=SEED,
        seconds=LOAD_S,
        at_work=lambda: ledger.ledger(_LAST_CONFIRMED),
    )
    for life in lives:
        life.stop()
    print("died under load:", killed)

    _settled(ledger)
    run_in_wallet(system, _KEEP_A_COPY, process="relayer")
    (copy,) = (system.config.data_dir / "checkpoints").glob("*.state")
    copy.write_bytes(copy.read_bytes()[:-100])  # as a power cut leaves a file
    rewinds = _rewinds(ledger)
    system.kill_when_running("chain")  # it starts again empty
    eventually(lambda: _rewinds(ledger), lambda now: now > rewinds, what="the chain's rebuilding")
    _settled(ledger)
    system.await_ready()

    for life in lives:
        for books in life.books:
            found = statement(caller, books.wallet_id)
            assert [(line["kind"], line["available_after"]) for line in found] == books.lines
            wallet = caller.read(f"/wallets/{books.wallet_id}")
            assert wallet["available_points"] == wallet["settled_points"] == books.available
    _chain_is_the_ledger(system, ledger)
    earned = ledger.ledger(
        "SELECT balance_points FROM ledger_account WHERE wallet_id = %s", uuid.UUID(partner_id)
    )
    assert earned == [(PRICE_POINTS * sum(life.captured for life in lives),)]
    assert ledger.ledger("SELECT sum(balance_points) FROM ledger_account") == [(0,)]
    caller.close()


def _chain_is_the_ledger(system: System, ledger: Ledger) -> None:
    """Entry by entry and account by account, asked of the node with web3 alone."""
    node = Web3(Web3.HTTPProvider(system.environment["CHAIN_RPC_URL"]))
    ((address,),) = ledger.ledger("SELECT contract_address FROM settlement_deployment")
    contract = node.eth.contract(address=address, abi=nudge_points().abi)

    lines = ledger.ledger(_LINES)
    assert [line[-1] for line in lines] == list(range(len(lines)))  # dense from 0
    by_transaction: dict[str, list[tuple[Any, ...]]] = {}
    for line in lines:
        by_transaction.setdefault(line[0], []).append(line)
    for transaction_hash, signed in by_transaction.items():
        assert _moved(node, transaction_hash, address) == [_meant(line) for line in signed]

    balances = ledger.ledger(_ON_CHAIN)
    for holder, points in balances:
        held = contract.functions.balanceOf(Web3.to_checksum_address(holder)).call()
        assert held == points, holder
    assert contract.functions.totalSupply().call() == sum(points for _, points in balances)


def _moved(node: Web3, transaction_hash: str, contract: str) -> Sequence[tuple[str, str, int]]:
    receipt = node.eth.get_transaction_receipt(transaction_hash)  # type: ignore[arg-type]
    logs = [
        {
            "address": log["address"],
            "topics": [topic.to_0x_hex() for topic in log["topics"]],
            "data": log["data"].to_0x_hex(),
        }
        for log in receipt["logs"]
    ]
    return [
        (one.sender.lower(), one.recipient.lower(), one.points)
        for one in transfers(logs, contract=contract)
    ]


def _meant(line: tuple[Any, ...]) -> tuple[str, str, int]:
    nobody = "0x" + "00" * 20
    _, _, giver, receiver, points, _ = line
    return ((giver or nobody).lower(), (receiver or nobody).lower(), points)


def _settled(ledger: Ledger) -> None:
    eventually(lambda: _unsettled(ledger), lambda left: left == 0, what="settlement of everything")


def _unsettled(ledger: Ledger) -> int:
    return int(ledger.ledger(_UNSETTLED)[0][0])


def _rewinds(ledger: Ledger) -> int:
    return int(ledger.ledger("SELECT sum(rewinds) FROM settlement_chaintransaction")[0][0] or 0)
