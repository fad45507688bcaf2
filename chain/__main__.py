"""``python -m chain keys create|list``, ``python -m chain network``: keys and folders, by hand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chain import keystore, network
from chain.config import ChainConfig, ChainConfigError
from chain.signer import ServiceRole


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 after a message that names what is missing."""
    options = _parser().parse_args(arguments)
    try:
        keys_dir = ChainConfig.from_environ().keys_dir
        if options.topic == "keys":
            roles = [ServiceRole(name) for name in options.role or ServiceRole]
            _keys(keys_dir, roles, create=options.action == "create")
        else:
            _network(keys_dir, generated=options.generated, target=options.to)
    except (ChainConfigError, keystore.KeystoreError, network.NetworkError) as exc:
        sys.stderr.write(f"chain: {exc}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chain", description=__doc__)
    topics = parser.add_subparsers(dest="topic", required=True)
    keys = topics.add_parser("keys", help="keystores in CHAIN_KEYS_DIR")
    keys.add_argument(
        "action", choices=["list", "create"], help="show addresses, or make what does not exist"
    )
    keys.add_argument("--role", choices=[role.value for role in ServiceRole], action="append")
    arranged = topics.add_parser("network", help="one folder for each Besu validator")
    arranged.add_argument("--generated", type=Path, required=True, help="the generator's output")
    arranged.add_argument("--to", type=Path, required=True, help="an empty folder")
    return parser


def _keys(keys_dir: Path, roles: list[ServiceRole], *, create: bool) -> None:
    for role in roles:
        found = keystore.address(keys_dir, role)
        if found is None and create:
            found = keystore.create(keys_dir, role, passphrase=keystore.password(role))
        sys.stdout.write(f"{role.value:9} {found or '-'}\n")


def _network(keys_dir: Path, *, generated: Path, target: Path) -> None:
    senders = []
    for role in ServiceRole:
        address = keystore.address(keys_dir, role)
        if address is None:
            raise keystore.KeystoreError(f"{role} has no keystore: run keys create")
        senders.append(str(address))
    for node in network.arrange(generated=generated, target=target, senders=senders):
        sys.stdout.write(f"{node}\n")


if __name__ == "__main__":
    sys.exit(main())
