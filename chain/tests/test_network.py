"""The production network's files: the tested node's rules, and keys only where they belong."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest

from chain import node
from chain.config import DEFAULT_CHAIN_ID
from chain.network import NetworkError, arrange

BESU = Path(node.__file__).with_name("nodes") / "besu"
ARTIFACT = Path(node.__file__).with_name("artifacts") / "NudgePoints.json"
SENDERS = ["0x" + "a1" * 20, "0x" + "a2" * 20, "0x" + "a3" * 20]


def test_besu_anvil_and_the_compiler_follow_the_same_rules() -> None:
    genesis = json.loads((BESU / "network.json").read_text())["genesis"]
    compiled = json.loads(ARTIFACT.read_text())["compiler"]["settings"]

    assert genesis["config"]["chainId"] == DEFAULT_CHAIN_ID
    assert genesis["config"]["zeroBaseFee"] is True
    assert int(genesis["gasLimit"], 16) == node.BLOCK_GAS_LIMIT
    assert f"{node.HARDFORK}Time" in genesis["config"]
    assert {"pragueTime", "osakaTime"}.isdisjoint(genesis["config"])
    assert compiled["evmVersion"] == node.HARDFORK
    assert genesis["alloc"] == {}  # no account is rich, none has a key somebody knows


def test_the_shared_options_are_valid_and_hold_no_secret() -> None:
    options = tomllib.loads((BESU / "config.toml").read_text())

    assert options["min-gas-price"] == 0
    assert options["permissions-accounts-config-file-enabled"] is True
    assert options["node-private-key-file"] == "/network/key"


def test_each_validator_gets_its_own_key_and_the_others_as_peers(tmp_path: Path) -> None:
    nodes = arrange(generated=_generated(tmp_path), target=tmp_path / "to", senders=SENDERS)

    assert len(nodes) == 4
    seen = set()
    for number in range(1, 5):
        folder = tmp_path / "to" / f"validator-{number}"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
        seen.add((folder / "key").read_text())
        peers = json.loads((folder / "static-nodes.json").read_text())
        assert peers == [node for node in nodes if f"@validator-{number}:" not in node]
        permissions = tomllib.loads((folder / "permissions.toml").read_text())
        assert permissions == {"nodes-allowlist": nodes, "accounts-allowlist": SENDERS}
        assert (folder / "genesis.json").read_text() == "{}"
    assert len(seen) == 4


def test_a_filled_folder_is_never_overwritten(tmp_path: Path) -> None:
    generated = _generated(tmp_path)
    arrange(generated=generated, target=tmp_path / "to", senders=SENDERS)
    before = (tmp_path / "to" / "validator-1" / "key").read_text()

    with pytest.raises(NetworkError, match="not empty"):
        arrange(generated=generated, target=tmp_path / "to", senders=SENDERS)

    assert (tmp_path / "to" / "validator-1" / "key").read_text() == before


def test_an_incomplete_generation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "generated").mkdir()

    with pytest.raises(NetworkError, match="expected"):
        arrange(generated=tmp_path / "generated", target=tmp_path / "to", senders=SENDERS)


def _generated(root: Path) -> Path:
    """What Besu's generator leaves behind, in form."""
    folder = root / "generated"
    for number in range(4):
        keys = folder / "keys" / f"0x{number:040x}"
        keys.mkdir(parents=True)
        (keys / "key").write_text(f"0x{number + 1:064x}")
        (keys / "key.pub").write_text(f"0x{number + 1:0128x}")
    (folder / "genesis.json").write_text("{}")
    return folder
