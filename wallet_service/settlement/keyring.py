"""The keys the relayer signs batches with, opened once and checked against the deployment."""

from __future__ import annotations

from pathlib import Path

from chain import keystore
from chain.codec import Operation
from chain.signer import ServiceRole, Signer

from .domain import SENDER, Problem
from .errors import RelayerBlocked
from .models import Deployment


class Keyring:
    """Signers by role. Only this file knows that they are keystores."""

    def __init__(self, signers: dict[ServiceRole, Signer]) -> None:
        self._signers = signers

    def for_operation(self, operation: Operation) -> tuple[ServiceRole, Signer]:
        """The role that sends batches of ``operation``, and its signer."""
        role = SENDER[operation]
        return role, self._signers[role]


def open_keyring(deployment: Deployment, *, keys_dir: Path) -> Keyring:
    """Unlock the keystores of issuer and redeemer (about a second each).

    Raises ``chain.keystore.KeystoreError``, and ``RelayerBlocked`` when a key is not the one that
    the contract granted its role to.
    """
    expected = {
        ServiceRole.ISSUER: deployment.issuer_address,
        ServiceRole.REDEEMER: deployment.redeemer_address,
    }
    signers: dict[ServiceRole, Signer] = {}
    for role, address in expected.items():
        signer = keystore.unlock(keys_dir, role, passphrase=keystore.password(role))
        if signer.address != address:
            raise RelayerBlocked(Problem.KEY_DIFFERS)
        signers[role] = signer
    return Keyring(signers)
