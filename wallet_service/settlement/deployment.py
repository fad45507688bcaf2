"""Deployment of the contract: the first rows of the sequence, stored here, sent by the relayer."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from chain import keystore
from chain.artifact import nudge_points
from chain.codec import Role, encode_deployment, encode_grant
from chain.config import ChainConfig, contract_address
from chain.remote_signer import RemoteSigner
from chain.signer import ServiceRole, Signer

from .domain import DEPLOY_GAS, GRANT_GAS, TransactionKind
from .errors import DeploymentRefused
from .locks import Lock, lock_until_commit
from .models import Deployment
from .senders import current_addresses
from .sequence import SequenceWriter


def contract_deploy(*, config: ChainConfig) -> tuple[Deployment, bool]:
    """Store what deploys the contract and grants its roles; returns it and whether it is new.

    The contract's address is known at once: it follows from the admin's address and nonce 0. Makes
    the keystores that do not exist. Runs again harmlessly: a stored deployment is checked against
    the keystores and the chain id, and kept.

    All rows are one SQL transaction under the sequence lock: of two callers one deploys and the
    other finds it; a crash leaves keystores at most, which the next run uses.

    Raises ``DeploymentRefused`` (other chain id, lost or other keys), ``KeystoreError`` (password
    missing), ``chain.signer.SignerUnavailable``, ``ChainConfigError``.
    """
    with transaction.atomic():
        lock_until_commit(Lock.SEQUENCE)
        found = Deployment.objects.order_by("id").first()
        if found is not None:
            _check(found, config)
            return found, False
        admin, addresses = _remote_keys(config) if config.signer_url else _keys(config.keys_dir)
        deployment = deployment_store(
            chain_id=config.chain_id,
            admin=admin,
            issuer=addresses[ServiceRole.ISSUER],
            redeemer=addresses[ServiceRole.REDEEMER],
        )
        return deployment, True


def _keys(keys_dir: Path) -> tuple[Signer, dict[ServiceRole, str]]:
    """The admin's signer and each role's address; makes the keystores that do not exist."""
    addresses: dict[ServiceRole, str] = {
        role: keystore.address(keys_dir, role)
        or keystore.create(keys_dir, role, passphrase=keystore.password(role))
        for role in ServiceRole
    }
    admin = keystore.unlock(
        keys_dir, ServiceRole.ADMIN, passphrase=keystore.password(ServiceRole.ADMIN)
    )
    return admin, addresses


def _remote_keys(config: ChainConfig) -> tuple[Signer, dict[ServiceRole, str]]:
    """The same of a remote signer: it makes no keys, so their addresses are settings."""
    missing = [role for role in ServiceRole if not config.signer_addresses.get(role)]
    if missing:
        names = ", ".join(f"CHAIN_ADDRESS_{role.value.upper()}" for role in missing)
        raise DeploymentRefused(f"a remote signer holds the keys: set {names}")
    addresses = {role: config.signer_addresses[role] for role in ServiceRole}
    absent = [
        role
        for role, address in addresses.items()
        if not RemoteSigner(config.signer_url, address).holds_key()
    ]
    if absent:
        raise DeploymentRefused(f"the remote signer does not hold the key of {', '.join(absent)}")
    return RemoteSigner(config.signer_url, addresses[ServiceRole.ADMIN]), addresses


def deployment_store(*, chain_id: int, admin: Signer, issuer: str, redeemer: str) -> Deployment:
    """Store the deployment and the grants, signed by ``admin``, as one SQL transaction.

    Raises ``DeploymentRefused`` when the admin key has signed before: the address would differ.
    """
    with transaction.atomic():
        return _store(SequenceWriter(), chain_id, admin, issuer, redeemer)


def _store(
    writer: SequenceWriter, chain_id: int, admin: Signer, issuer: str, redeemer: str
) -> Deployment:
    artifact = nudge_points()
    deployment = Deployment.objects.create(
        chain_id=chain_id,
        contract_address=contract_address(deployer=admin.address),
        runtime_sha256=artifact.runtime_sha256,
        admin_address=admin.address,
        issuer_address=issuer,
        redeemer_address=redeemer,
    )
    created = writer.append(
        deployment=deployment,
        kind=TransactionKind.DEPLOY,
        role=ServiceRole.ADMIN,
        signer=admin,
        gas=DEPLOY_GAS,
        to=None,
        data=encode_deployment(artifact.bytecode, admin=admin.address),
    )
    if created.nonce != 0:
        raise DeploymentRefused("the admin key has signed before: use a new one")
    # The admin may pause at once; the grant to a separate pauser is another transaction like these.
    for granted, account in (
        (Role.ISSUER, deployment.issuer_address),
        (Role.REDEEMER, deployment.redeemer_address),
        (Role.PAUSER, deployment.admin_address),
    ):
        writer.append(
            deployment=deployment,
            kind=TransactionKind.GRANT,
            role=ServiceRole.ADMIN,
            signer=admin,
            gas=GRANT_GAS,
            to=deployment.contract_address,
            data=encode_grant(granted, account=account),
            granted=(granted, account),
        )
    return deployment


def _check(found: Deployment, config: ChainConfig) -> None:
    """Refuse to go on with keys or a chain that are not the deployment's."""
    if found.chain_id != config.chain_id:
        raise DeploymentRefused(
            f"the stored deployment is for chain {found.chain_id}, CHAIN_ID is {config.chain_id}"
        )
    if config.signer_url:
        return  # whether it holds the keys in use is asked when they are opened
    # The admin's keystore may be kept offline; the relayer needs the other two.
    in_use = current_addresses(found, ServiceRole.ISSUER, ServiceRole.REDEEMER)
    for role, address in in_use.items():
        if address not in keystore.addresses(config.keys_dir, role):
            raise DeploymentRefused(
                f"the keystore of {role} is not the one the contract knows: restore it from backup"
            )
