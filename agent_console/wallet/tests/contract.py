"""Whether an exchange with the fake is one that the real wallet could have: its own description."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

_DESCRIPTION = Path(__file__).resolve().parents[3] / "docs" / "api" / "wallet.openapi.json"


def check_exchange(request: httpx.Request, response: httpx.Response) -> None:
    """Raises ``AssertionError`` when path, query, body or answer is not as described."""
    operation = _operation(request.method, request.url.path)
    declared = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    # Pages ask for a page's size everywhere; a list that is given whole takes no notice.
    assert set(request.url.params) <= declared | {"limit"}, request.url
    if request.content:
        content = operation["requestBody"]["content"]["application/json"]
        _check(content["schema"], json.loads(request.content), f"{request.method} {request.url}")
    assert str(response.status_code) in operation["responses"], (request.url, response.status_code)
    if response.is_success:
        content = operation["responses"][str(response.status_code)]["content"]
        _check(content["application/json"]["schema"], response.json(), f"answer of {request.url}")


def _check(schema: dict[str, Any], value: Any, what: str) -> None:
    whole = {**schema, "components": _description()["components"]}
    validator = Draft202012Validator(whole, format_checker=FormatChecker(("date", "uuid")))
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert not found, (what, found)


def _operation(method: str, path: str) -> dict[str, Any]:
    for pattern, operations in _description()["paths"].items():
        if (
            re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path)
            and method.lower() in operations
        ):
            operation: dict[str, Any] = operations[method.lower()]
            return operation
    raise AssertionError(f"the wallet has no {method} {path}")


@cache
def _description() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))
    return description
