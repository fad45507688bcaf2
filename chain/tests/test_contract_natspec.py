"""What people's tools say of the contract: NatSpec, as the compiler put it into the artifact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

_ARTIFACT: Final = Path(__file__).parent.parent / "artifacts" / "NudgePoints.json"
ARTIFACT: Final[dict[str, Any]] = json.loads(_ARTIFACT.read_text(encoding="utf-8"))
# A constant of the pinned library, which says nothing of it.
NOT_OURS: Final = {"DEFAULT_ADMIN_ROLE()"}


def _items(kind: str) -> dict[str, dict[str, Any]]:
    """Signature → ABI item, of one kind."""
    return {
        f"{item['name']}({','.join(argument['type'] for argument in item['inputs'])})": item
        for item in ARTIFACT["abi"]
        if item["type"] == kind
    }


@pytest.mark.parametrize("signature", sorted(set(_items("function")) - NOT_OURS))
def test_every_external_function_is_documented(signature: str) -> None:
    notice = ARTIFACT["userdoc"]["methods"].get(signature, {}).get("notice")
    details = ARTIFACT["devdoc"]["methods"].get(signature, {}).get("details")

    assert notice or details


@pytest.mark.parametrize("signature", sorted(ARTIFACT["userdoc"]["methods"]))
def test_every_argument_and_answer_of_ours_is_documented(signature: str) -> None:
    function = _items("function")[signature]
    devdoc = ARTIFACT["devdoc"]["methods"].get(signature, {})
    named = {argument["name"] for argument in function["inputs"]} - {""}
    answers = {answer["name"] for answer in function["outputs"]} - {""}

    assert named == set(devdoc.get("params", {}))
    assert answers == set(devdoc.get("returns", {}))


@pytest.mark.parametrize("kind", ["error", "event"])
def test_every_error_and_event_of_ours_is_documented(kind: str) -> None:
    ours = set(ARTIFACT["userdoc"][f"{kind}s"])
    from_the_library = {
        signature
        for signature in _items(kind)
        if signature.startswith(
            ("AccessControl", "ERC20", "Role", "EnforcedPause", "ExpectedPause")
        )
        or signature.partition("(")[0] in {"Approval", "Transfer", "Paused", "Unpaused"}
    }

    assert ours | from_the_library == set(_items(kind))
    for signature in ours:
        arguments = {argument["name"] for argument in _items(kind)[signature]["inputs"]}
        said = ARTIFACT["devdoc"][f"{kind}s"].get(signature, {})
        params = said[0] if isinstance(said, list) else said
        assert set(params.get("params", {})) == arguments
