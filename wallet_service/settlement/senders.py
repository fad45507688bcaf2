"""Which key signs for which role: that of the deployment, until a rotation names another."""

from __future__ import annotations

from chain.codec import Role
from chain.signer import ServiceRole

from .domain import TransactionKind
from .models import ChainTransaction, Deployment, SenderKey


def current_address(deployment: Deployment, role: ServiceRole) -> str:
    """The address that signs for ``role`` now."""
    last = SenderKey.objects.filter(deployment=deployment, role=role).order_by("-id").first()
    return last.address if last else _first_address(deployment, role)


def current_addresses(deployment: Deployment, *roles: ServiceRole) -> dict[ServiceRole, str]:
    """``current_address`` for each of ``roles``."""
    return {role: current_address(deployment, role) for role in roles}


def holders_signed_for(deployment: Deployment, role: Role, *, until: int | None = None) -> set[str]:
    """Who holds a role of the contract once everything stored (``until`` a place) has landed.

    Folded from what was signed, so it needs no node and is the same after every rebuild.
    """
    # The constructor gives the admin's role to the deployer.
    holders = {deployment.admin_address} if role is Role.ADMIN else set()
    changes = ChainTransaction.objects.filter(deployment=deployment, granted_role=role.value)
    if until is not None:
        changes = changes.filter(place__lte=until)
    for kind, account in changes.order_by("place").values_list("kind", "granted_to"):
        if kind == TransactionKind.GRANT:
            holders.add(account)
        else:
            holders.discard(account)
    return holders


def is_paused_in_sequence() -> bool:
    """Whether the contract is paused once everything stored has landed."""
    last = (
        ChainTransaction.objects.filter(kind__in=[TransactionKind.PAUSE, TransactionKind.UNPAUSE])
        .order_by("-place")
        .first()
    )
    return last is not None and last.kind == TransactionKind.PAUSE


def _first_address(deployment: Deployment, role: ServiceRole) -> str:
    return {
        ServiceRole.ADMIN: deployment.admin_address,
        ServiceRole.ISSUER: deployment.issuer_address,
        ServiceRole.REDEEMER: deployment.redeemer_address,
    }[role]
