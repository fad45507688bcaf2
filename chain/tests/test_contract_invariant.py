"""Whatever happens in whatever order: supply == sum of balances == model, each number once."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chain.client import ChainClient
from chain.codec import Operation, Role, encode_call, encode_grant
from chain.tests.conftest import Contract, new_contract
from chain.tests.model import ACCOUNTS, Model, RawBatch, batches
from chain.tests.test_contract_fuzz import assert_same_state, send_and_compare


class Journal(RuleBasedStateMachine):
    """A contract beside its model; ``client`` is set by the test."""

    client: ChainClient
    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.contract: Contract = new_contract(self.client)
        self.model = Model()

    @rule(target=sent, batch=batches)
    def send(self, batch: RawBatch) -> RawBatch:
        send_and_compare(self.contract, self.model, batch)
        return batch

    @rule(batch=sent)
    def send_again(self, batch: RawBatch) -> None:
        send_and_compare(self.contract, self.model, batch)

    @rule(batch=sent, by=st.integers(1, 3))
    def send_shifted(self, batch: RawBatch, by: int) -> None:
        """Other numbers, some of them used: only the new ones count."""
        first = min(batch.first + by, 2**64 - 1)
        send_and_compare(self.contract, self.model, batch._replace(first=first))

    @rule(batch=batches)
    def send_with_the_wrong_key(self, batch: RawBatch) -> None:
        mints = batch.operation is Operation.MINT
        wrong = self.contract.redeemer if mints else self.contract.issuer
        assert not self.contract.send(wrong, batch.data).succeeded

    @rule()
    def pause(self) -> None:
        receipt = self.contract.send(self.contract.admin, encode_call("pause()"))
        assert receipt.succeeded is not self.model.paused
        self.model.paused = True

    @rule()
    def unpause(self) -> None:
        receipt = self.contract.send(self.contract.admin, encode_call("unpause()"))
        assert receipt.succeeded is self.model.paused
        self.model.paused = False

    @rule(account=st.sampled_from(ACCOUNTS))
    def try_to_transfer(self, account: str) -> None:
        """A service key has no points, and could not send them on if it had."""
        call = encode_call("transfer(address,uint256)", [account, 0])
        assert not self.contract.send(self.contract.redeemer, call).succeeded

    @rule()
    def try_to_become_issuer(self) -> None:
        grant = encode_grant(Role.ISSUER, account=self.contract.redeemer.address)
        assert not self.contract.send(self.contract.redeemer, grant).succeeded

    @invariant()
    def supply_is_the_sum_of_balances(self) -> None:
        client, address = self.contract.client, self.contract.address
        block = client.block_number()
        on_chain = client.balances(address, ACCOUNTS, block_number=block)
        assert client.total_supply(address, block_number=block) == sum(on_chain)
        assert sum(on_chain) == self.model.supply
        assert client.is_paused(address) is self.model.paused

    def teardown(self) -> None:
        assert_same_state(self.contract, self.model)


def test_no_sequence_of_calls_breaks_the_journal(client: ChainClient) -> None:
    machine = type("JournalOnNode", (Journal,), {"client": client})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=12, stateful_step_count=25, deadline=None, derandomize=True),
    )
