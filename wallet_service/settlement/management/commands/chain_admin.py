"""``chain_admin``: what the contract's admin does, appended to the stored sequence.

Needs the admin's key for as long as it runs, and no node: the relayer sends what is stored. The
one that asks the node is ``reissue``, which needs no admin.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from eth_utils.address import is_address, to_checksum_address

from chain import keystore
from chain.client import ChainClient, ChainError
from chain.codec import Role
from chain.config import ChainConfig, ChainConfigError
from chain.keystore import KeystoreError
from chain.signer import ServiceRole, Signer, SignerUnavailable
from wallet_service.settlement import administration
from wallet_service.settlement.errors import SettlementError
from wallet_service.settlement.keyring import open_signer
from wallet_service.settlement.models import ChainTransaction
from wallet_service.settlement.reissuing import reverted_reissue
from wallet_service.settlement.senders import current_address

_CONTRACT_ROLES = {role.value: role for role in Role}
_KEYS = [role.value for role in ServiceRole]


class Command(BaseCommand):
    help = (
        "Pauses, grants, revokes and rotates keys by transactions appended to the stored sequence,"
        " which a replay repeats; issues again what the chain has reverted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("pause", help="stop every batch")
        actions.add_parser("unpause", help="let batches through again")
        for name in ("grant", "revoke"):
            change = actions.add_parser(name, help=f"{name} a role of the contract")
            change.add_argument("role", choices=sorted(_CONTRACT_ROLES))
            change.add_argument("account")
        begin = actions.add_parser("rotate-begin", help="make (or name) a new key and grant it")
        begin.add_argument("key", choices=_KEYS)
        begin.add_argument("--successor", help="address of a key that exists (remote signer)")
        finish = actions.add_parser("rotate-finish", help="sign with the new key, revoke the old")
        finish.add_argument("key", choices=_KEYS)
        finish.add_argument("successor")
        actions.add_parser("reissue", help="sign anew the batches that the chain has reverted")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            config = ChainConfig.from_environ()
            stored = self._act(config, options)
        except (
            ChainConfigError,
            ChainError,
            KeystoreError,
            SettlementError,
            SignerUnavailable,
        ) as exc:
            raise CommandError(str(exc)) from exc
        for transaction in stored:
            about = f" {transaction.granted_role} {transaction.granted_to}".rstrip()
            self.stdout.write(f"stored as {transaction.sequence}: {transaction.kind}{about}")

    def _act(self, config: ChainConfig, options: dict[str, Any]) -> list[ChainTransaction]:
        match options["action"]:
            case "pause":
                return [administration.contract_pause(admin=_admin(config))]
            case "unpause":
                return [administration.contract_unpause(admin=_admin(config))]
            case "grant" | "revoke" as action:
                change = (
                    administration.role_grant if action == "grant" else administration.role_revoke
                )
                granted, account = _CONTRACT_ROLES[options["role"]], _address(options["account"])
                return [change(admin=_admin(config), role=granted, account=account)]
            case "rotate-begin":
                return self._rotate_begin(config, ServiceRole(options["key"]), options["successor"])
            case "rotate-finish":
                role, successor = ServiceRole(options["key"]), _address(options["successor"])
                return administration.rotation_finish(
                    role=role,
                    successor=successor,
                    admin=_admin(config),
                    open_new=lambda: open_signer(role, successor, config=config),
                )
            case _:
                with ChainClient(config.rpc_url) as client:
                    return reverted_reissue(
                        client=client,
                        open_signer=lambda role, address: open_signer(role, address, config=config),
                    )

    def _rotate_begin(
        self, config: ChainConfig, role: ServiceRole, given: str | None
    ) -> list[ChainTransaction]:
        admin = _admin(config)
        if given:
            successor = _address(given)
            open_signer(role, successor, config=config)  # it is there
        elif config.signer_url:
            raise CommandError("a remote signer holds the keys: make one there, name it here")
        else:
            successor = keystore.create(
                config.keys_dir, role, passphrase=keystore.password(role), successor=True
            )
        stored = administration.rotation_begin(role=role, successor=successor, admin=admin)
        self.stdout.write(f"successor of {role}: {successor}")
        self.stdout.write(
            f"once it is confirmed: manage chain_admin rotate-finish {role.value} {successor}"
        )
        return stored


def _admin(config: ChainConfig) -> Signer:
    deployment = administration.deployment_get()
    address = current_address(deployment, ServiceRole.ADMIN)
    return open_signer(ServiceRole.ADMIN, address, config=config)


def _address(text: str) -> str:
    if not is_address(text):
        raise CommandError(f"{text!r} is not an address")
    return to_checksum_address(text)
