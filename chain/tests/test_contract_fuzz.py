"""Whatever is sent, in whatever order and however often: the contract does what the model does."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chain.client import ChainClient
from chain.codec import MAX_LINES, Operation, batch_done, refused_numbers, transfers
from chain.signer import Signer
from chain.tests.conftest import Contract, new_contract
from chain.tests.model import (
    ACCOUNTS,
    BITS_IN_A_SLOT,
    Model,
    RawBatch,
    RawLine,
    batches,
    wrong_sizes,
)

fuzz = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@fuzz
@given(sent=st.lists(st.one_of(batches, batches, batches, wrong_sizes), min_size=1, max_size=8))
def test_any_batches_do_what_the_model_does(client: ChainClient, sent: list[RawBatch]) -> None:
    contract, model = new_contract(client), Model()

    for batch in sent:
        send_and_compare(contract, model, batch)

    assert_same_state(contract, model)


@fuzz
@given(
    sent=st.lists(batches, min_size=1, max_size=4),
    again=st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=4),
)
def test_batches_sent_again_change_nothing(
    client: ChainClient, sent: list[RawBatch], again: list[int]
) -> None:
    contract, model = new_contract(client), Model()
    for batch in sent:
        send_and_compare(contract, model, batch)
    before = dict(model.balances)

    for index in again:
        repeated = sent[index % len(sent)]
        receipt = contract.send(_sender(contract, repeated), repeated.data)
        done = batch_done(receipt.logs, contract=contract.address)
        assert done is not None
        assert (done.applied, done.refused, done.points) == (0, 0, 0)
        assert transfers(receipt.logs, contract=contract.address) == []

    assert before == dict(model.balances)
    assert_same_state(contract, model)


@fuzz
@given(
    first=st.integers(BITS_IN_A_SLOT - MAX_LINES - 1, BITS_IN_A_SLOT + 1),
    overlap=st.integers(1, MAX_LINES - 1),
)
def test_full_batches_that_overlap_count_each_number_once(
    client: ChainClient, first: int, overlap: int
) -> None:
    contract, model = new_contract(client), Model()
    full = [RawLine(ACCOUNTS[i % 5], 1, ACCOUNTS[0]) for i in range(MAX_LINES)]

    send_and_compare(contract, model, RawBatch(Operation.MINT, first, full))
    send_and_compare(contract, model, RawBatch(Operation.MINT, first + overlap, full))

    assert model.supply == len(model.used) == MAX_LINES + overlap
    assert_same_state(contract, model)


def send_and_compare(contract: Contract, model: Model, batch: RawBatch) -> None:
    """Send to both; the receipt must say what the model says."""
    receipt = contract.send(_sender(contract, batch), batch.data)
    expected = model.apply(batch)
    assert receipt.succeeded is (expected is not None)
    if expected is None:
        assert receipt.logs == ()
        return
    done, refused = expected
    assert batch_done(receipt.logs, contract=contract.address) == done
    assert refused_numbers(receipt.logs, contract=contract.address) == refused
    moved = transfers(receipt.logs, contract=contract.address)
    assert (len(moved), sum(one.points for one in moved)) == (done.applied, done.points)


def assert_same_state(contract: Contract, model: Model) -> None:
    """Balances, supply and used numbers, those just beside them included."""
    client = contract.client
    block = client.block_number()
    on_chain = client.balances(contract.address, ACCOUNTS, block_number=block)
    supply = client.total_supply(contract.address, block_number=block)
    assert on_chain == [model.balances[account] for account in ACCOUNTS]
    assert supply == sum(on_chain) == model.supply
    borders = {number + step for number in model.used for step in (-1, 0, 1)} - {-1}
    # A run of numbers is told by its borders: its inside is among those counted by BatchDone.
    looked_at = sorted(n for n in borders if not {n - 1, n, n + 1} <= model.used)
    assert [n for n in looked_at if contract.is_used(n)] == sorted(model.used & set(looked_at))


def _sender(contract: Contract, batch: RawBatch) -> Signer:
    return contract.issuer if batch.operation is Operation.MINT else contract.redeemer
