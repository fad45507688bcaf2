"""What the contract's admin does: pause, unpause, grant, revoke, rotate keys.

Each is a signed transaction appended to the one sequence, like deployment and batches: the relayer
sends it in its turn, and a replay does it again at the same place. Only the command that calls this
needs the admin's key; no process has it at run time.

Every function is one SQL transaction under the sequence's lock: of two commands one comes first,
and a crash leaves all of it or nothing. They raise ``AdministrationRefused`` when the sequence says
that the change has no effect (the contract would revert, or say nothing), and
``chain.signer.SignerUnavailable``.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from chain.codec import Role, encode_grant, encode_pause, encode_revoke
from chain.signer import ServiceRole, Signer

from .domain import ADMINISTRATION_GAS, NEEDED, ROLES, TransactionKind, TransactionState
from .errors import AdministrationRefused
from .models import ChainTransaction, Deployment, SenderKey
from .senders import current_address, holders_signed_for, is_paused_in_sequence
from .sequence import SequenceWriter


def deployment_get() -> Deployment:
    """The deployment. Raises ``AdministrationRefused`` when there is none."""
    deployment = Deployment.objects.order_by("id").first()
    if deployment is None:
        raise AdministrationRefused("no deployment is stored: run deploy_contract")
    return deployment


def contract_pause(*, admin: Signer) -> ChainTransaction:
    """Stop every batch; what was signed before goes through first, nothing is formed after it."""
    return _append_pause(admin, paused=True)


def contract_unpause(*, admin: Signer) -> ChainTransaction:
    """Let batches through again."""
    return _append_pause(admin, paused=False)


def role_grant(*, admin: Signer, role: Role, account: str) -> ChainTransaction:
    """Give a role of the contract to an account."""
    with transaction.atomic():
        deployment, writer = deployment_get(), SequenceWriter()
        return _grant(writer, deployment, admin, role, account)


def role_revoke(*, admin: Signer, role: Role, account: str) -> ChainTransaction:
    """Take a role of the contract from an account.

    Refused for a key that the service signs with: rotate it instead.
    """
    with transaction.atomic():
        deployment, writer = deployment_get(), SequenceWriter()
        for service_role, roles in ROLES.items():
            if role in roles and current_address(deployment, service_role) == account:
                raise AdministrationRefused(f"{service_role} signs with this key: rotate it")
        return _revoke(writer, deployment, admin, role, account)


def rotation_begin(*, role: ServiceRole, successor: str, admin: Signer) -> list[ChainTransaction]:
    """Grant the successor what the role's key may do. The old key stays in use meanwhile.

    Grants that are stored already are not repeated, so an interrupted rotation goes on.
    """
    with transaction.atomic():
        deployment, writer = deployment_get(), SequenceWriter()
        if _ever_used(deployment, successor):
            raise AdministrationRefused("this key is or was in use: a rotation takes a new one")
        return [
            _grant(writer, deployment, admin, granted, successor)
            for granted in ROLES[role]
            if successor not in holders_signed_for(deployment, granted)
        ]


def rotation_finish(
    *, role: ServiceRole, successor: str, admin: Signer, open_new: Callable[[], Signer]
) -> list[ChainTransaction]:
    """Sign with the successor from here on, and revoke what the old key may do.

    Refused until every grant of the successor is confirmed on the chain. Batches that the old key
    signed come before the revocation in the order, so they are settled first; whatever is formed
    afterwards is signed by the successor, because both hold the sequence's lock. ``open_new`` opens
    the successor: proof that it is there, and for the admin's own rotation who signs.
    """
    with transaction.atomic():
        deployment, writer = deployment_get(), SequenceWriter()
        if _ever_used(deployment, successor):
            raise AdministrationRefused("this key is or was in use: a rotation takes a new one")
        for granted in ROLES[role]:
            if not _grant_confirmed(deployment, granted, successor):
                raise AdministrationRefused(
                    f"{granted} is not granted to {successor} on the chain yet"
                )
        opened = open_new()
        if opened.address != successor:
            raise AdministrationRefused(f"the key opened is not that of {successor}")
        old = current_address(deployment, role)
        SenderKey.objects.create(deployment=deployment, role=role, address=successor)
        signer = opened if role is ServiceRole.ADMIN else admin
        # The admin's own role goes last: without it nothing else could be revoked.
        return [
            _revoke(writer, deployment, signer, revoked, old) for revoked in reversed(ROLES[role])
        ]


def _append_pause(admin: Signer, *, paused: bool) -> ChainTransaction:
    with transaction.atomic():
        deployment, writer = deployment_get(), SequenceWriter()
        if is_paused_in_sequence() is paused:
            raise AdministrationRefused(
                "the contract is paused already" if paused else "the contract is not paused"
            )
        kind = TransactionKind.PAUSE if paused else TransactionKind.UNPAUSE
        return _append(writer, deployment, admin, kind, encode_pause(paused=paused))


def _grant(
    writer: SequenceWriter, deployment: Deployment, admin: Signer, role: Role, account: str
) -> ChainTransaction:
    if account in holders_signed_for(deployment, role):
        raise AdministrationRefused(f"{account} has {role} already")
    data = encode_grant(role, account=account)
    return _append(writer, deployment, admin, TransactionKind.GRANT, data, granted=(role, account))


def _revoke(
    writer: SequenceWriter, deployment: Deployment, admin: Signer, role: Role, account: str
) -> ChainTransaction:
    holders = holders_signed_for(deployment, role)
    if account not in holders:
        raise AdministrationRefused(f"{account} does not have {role}")
    if role is Role.ADMIN and len(holders) == 1:
        raise AdministrationRefused("the last admin can't be removed: grant another one first")
    data = encode_revoke(role, account=account)
    return _append(writer, deployment, admin, TransactionKind.REVOKE, data, granted=(role, account))


def _append(
    writer: SequenceWriter,
    deployment: Deployment,
    admin: Signer,
    kind: TransactionKind,
    data: bytes,
    *,
    granted: tuple[Role, str] | None = None,
) -> ChainTransaction:
    if admin.address not in holders_signed_for(deployment, NEEDED[kind]):
        raise AdministrationRefused(f"{admin.address} may not {kind}: it lacks {NEEDED[kind]}")
    return writer.append(
        deployment=deployment,
        kind=kind,
        role=ServiceRole.ADMIN,
        signer=admin,
        gas=ADMINISTRATION_GAS,
        to=deployment.contract_address,
        data=data,
        granted=granted,
    )


def _ever_used(deployment: Deployment, address: str) -> bool:
    first = {deployment.admin_address, deployment.issuer_address, deployment.redeemer_address}
    return address in first or SenderKey.objects.filter(address=address).exists()


def _grant_confirmed(deployment: Deployment, role: Role, account: str) -> bool:
    last = (
        ChainTransaction.objects.filter(
            deployment=deployment, granted_role=role.value, granted_to=account
        )
        .order_by("-place")
        .first()
    )
    return (
        last is not None
        and last.kind == TransactionKind.GRANT
        and last.state == TransactionState.CONFIRMED
    )
