"""The keys the relayer signs batches with, opened once and checked against the stored sequence."""

from __future__ import annotations

from chain import keystore
from chain.codec import Operation
from chain.config import ChainConfig
from chain.remote_signer import RemoteSigner
from chain.signer import ServiceRole, Signer

from .domain import SENDER, Problem
from .errors import RelayerBlocked
from .models import Deployment
from .senders import current_address

BATCH_ROLES = (ServiceRole.ISSUER, ServiceRole.REDEEMER)


class Keyring:
    """Signers by role. Only this file knows where they are: keystores, or a remote signer."""

    def __init__(self, signers: dict[ServiceRole, Signer]) -> None:
        self._signers = signers

    def for_operation(self, operation: Operation) -> tuple[ServiceRole, Signer]:
        """The role that sends batches of ``operation``, and its signer."""
        role = SENDER[operation]
        return role, self._signers[role]

    def fits(self, deployment: Deployment) -> bool:
        """Whether these are the keys in use: False after a rotation that was not heard of yet."""
        return all(
            self._signers[role].address == current_address(deployment, role) for role in BATCH_ROLES
        )


def open_keyring(deployment: Deployment, *, config: ChainConfig) -> Keyring:
    """The signers of issuer and redeemer; keystores take about a second each to unlock.

    Raises ``chain.keystore.KeystoreError`` (missing or wrong password, no keystore at all),
    ``chain.signer.SignerUnavailable``, and ``RelayerBlocked`` when there are keys, but not the one
    that the contract granted its role to.
    """
    return Keyring(
        {
            role: open_signer(role, current_address(deployment, role), config=config)
            for role in BATCH_ROLES
        }
    )


def open_signer(role: ServiceRole, address: str, *, config: ChainConfig) -> Signer:
    """The signer of one key, wherever the settings say it is. Raises as ``open_keyring``."""
    if config.signer_url:
        remote = RemoteSigner(config.signer_url, address)
        if not remote.holds_key():
            raise RelayerBlocked(Problem.KEY_DIFFERS)
        return remote
    passphrase = keystore.password(role)
    known = keystore.addresses(config.keys_dir, role)
    if known and address not in known:
        raise RelayerBlocked(Problem.KEY_DIFFERS)
    return keystore.unlock(config.keys_dir, role, passphrase=passphrase, address=address)
