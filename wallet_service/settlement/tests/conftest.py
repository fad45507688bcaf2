"""A real node, a stored deployment, and a relayer that tests drive step by step."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from chain.client import ChainClient
from chain.signer import KeySigner, ServiceRole
from chain.testing import CHAIN_ID, TestNode
from wallet_service.ledger.models import SettlementIntent
from wallet_service.settlement.checkpoints import Checkpoints
from wallet_service.settlement.deployment import deployment_store
from wallet_service.settlement.domain import TransactionState
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.models import ChainTransaction, Deployment
from wallet_service.settlement.relayer import Relayer
from wallet_service.settlement.waiting import StopSignal

MOST_STEPS = 500
RECONCILE_EVERY_S = 300.0


@pytest.fixture
def node() -> Iterator[TestNode]:
    running = TestNode()
    running.start()
    try:
        yield running
    finally:
        running.kill()


@pytest.fixture
def client(node: TestNode) -> Iterator[ChainClient]:
    with node.client() as opened:
        yield opened


@pytest.fixture
def keys() -> dict[ServiceRole, KeySigner]:
    """Keys that no test shares with another: a key signs once from nonce 0."""
    return {role: KeySigner(uuid.uuid4().bytes + uuid.uuid4().bytes) for role in ServiceRole}


@pytest.fixture
def deployment(committed_db: None, keys: dict[ServiceRole, KeySigner]) -> Deployment:
    return deployment_store(
        chain_id=CHAIN_ID,
        admin=keys[ServiceRole.ADMIN],
        issuer=keys[ServiceRole.ISSUER].address,
        redeemer=keys[ServiceRole.REDEEMER].address,
    )


@pytest.fixture
def keyring(keys: dict[ServiceRole, KeySigner]) -> Keyring:
    return Keyring({**keys})


@dataclass
class Driver:
    """Runs a relayer until nothing is left to settle; ``restart`` forgets it, as a crash would."""

    client: ChainClient
    keyring: Keyring
    stop: StopSignal = field(default_factory=StopSignal)
    checkpoints: Checkpoints | None = None
    relayer: Relayer = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process: nothing is remembered but the database."""
        self.relayer = Relayer(
            client=self.client,
            open_keyring=lambda deployment: self.keyring,
            stop=self.stop,
            reconcile_every_s=RECONCILE_EVERY_S,
            checkpoints=self.checkpoints,
        )

    def settle(self) -> None:
        for _ in range(MOST_STEPS):
            if self.is_settled():
                return
            self.relayer.step()
        raise AssertionError("the relayer does not come to an end")

    def settle_once_rewound(self) -> None:
        """As ``settle``, but look at the chain first: nothing in the tables says it went back."""
        self.relayer.step()
        self.settle()

    def relayer_without_waiting(self) -> None:
        """One step of a relayer that was told to stop, so that it does not wait at its end."""
        self.stop.set()
        self.relayer.step()

    def is_settled(self) -> bool:
        waiting = SettlementIntent.objects.filter(batched=False).exists()
        pending = ChainTransaction.objects.exclude(state=TransactionState.CONFIRMED).exists()
        return not waiting and not pending


@pytest.fixture
def driver(client: ChainClient, deployment: Deployment, keyring: Keyring) -> Driver:
    return Driver(client, keyring)
