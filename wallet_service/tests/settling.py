"""The half of the machine below the ledger: a node and a relayer that end at any moment."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from chain.client import ChainClient
from chain.signer import KeySigner, ServiceRole
from chain.testing import CHAIN_ID, TestNode
from wallet_service.conftest import empty_the_ledger
from wallet_service.ledger.models import Wallet
from wallet_service.settlement import settling
from wallet_service.settlement.checkpoints import Checkpoints
from wallet_service.settlement.deployment import deployment_store
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.reconciliation import chain_reconcile
from wallet_service.settlement.tests.conftest import Driver

from .crashes import crashing_after

COPY_EVERY = 3  # transactions
SETTLED_WITHIN_S = 60.0


class Settling(RuleBasedStateMachine):
    """An empty ledger, an empty node with the contract, and a relayer moved step by step."""

    done: ClassVar[Counter[str]] = Counter()  # what happened in all runs together
    nodes: ClassVar[list[TestNode]] = []

    def __init__(self) -> None:
        super().__init__()
        empty_the_ledger()
        self.node = TestNode()
        self.nodes.append(self.node)
        self.node.start()
        self.client: ChainClient = self.node.client()
        keys = {role: KeySigner(uuid.uuid4().bytes * 2) for role in ServiceRole}
        self.deployment = deployment_store(
            chain_id=CHAIN_ID,
            admin=keys[ServiceRole.ADMIN],
            issuer=keys[ServiceRole.ISSUER].address,
            redeemer=keys[ServiceRole.REDEEMER].address,
        )
        self.folder = Path(tempfile.mkdtemp(prefix="checkpoints-"))
        copies = Checkpoints(folder=self.folder, every=COPY_EVERY)
        self.driver = Driver(self.client, Keyring({**keys}), checkpoints=copies)
        self.driver.stop.set()  # its steps do not wait for what comes next
        self.driver.settle()

    @rule(acts=st.integers(0, 120))
    def relay(self, acts: int) -> None:
        """Eight steps at most, or an end after so many statements and questions to the node."""
        with crashing_after(acts) as crash:
            self._steps(8)
        if crash.happened:
            self.driver.restart()
            self.done["relayer died"] += 1

    @rule(steps=st.integers(0, 3))
    def node_dies(self, steps: int) -> None:
        """All that the chain knew is gone; the relayer may notice before there is a new one."""
        self.done["chain lost"] += self.client.block_number() > 0
        self.node.kill()
        self._steps(steps)
        self.node.start()

    @rule()
    def tear_the_copies(self) -> None:
        """What a power cut leaves of the files that an emptied node is filled from."""
        self._steps(8)  # or there would often be none
        for file in self.folder.glob("*.state"):
            file.write_bytes(file.read_bytes()[:-100])
            self.done["copy torn"] += 1

    def chain_settles_to(self, expected: Mapping[str, int]) -> None:
        """Everything reaches the chain, and it holds these points for these holders, no others."""
        self._settle()
        addresses = {str(holder.id): holder.address for holder in Wallet.objects.all()}
        assert set(addresses) == set(expected)
        contract = self.deployment.contract_address
        found = self.client.balances(
            contract,
            [addresses[holder] for holder in expected],
            block_number=self.client.block_number(),
        )
        on_chain = dict(zip(expected, found, strict=True))
        assert on_chain == expected, (on_chain, expected)
        assert self.client.total_supply(contract) == sum(expected.values())
        assert chain_reconcile(client=self.client, store=False).agrees

    def _settle(self) -> None:
        deadline = time.monotonic() + SETTLED_WITHIN_S
        # What was sent to a node that has died since is sent again soon.
        with patch.object(settling, "_SEND_AGAIN_AFTER", dt.timedelta(seconds=0.1)):
            self.driver.relayer.step()  # nothing in the tables says that the chain went back
            while not self.driver.is_settled():
                assert time.monotonic() < deadline, "the relayer does not come to an end"
                self.driver.relayer.step()

    def end(self) -> None:
        """Stop what was started."""
        self.client.close()
        self.node.kill()
        shutil.rmtree(self.folder)

    def _steps(self, count: int) -> None:
        for _ in range(count):
            self.driver.relayer.step()
