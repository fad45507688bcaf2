"""An API whose exported description is what it really answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from .problems import CONTENT_TYPE, ProblemOut

_PROBLEM_REF = f"#/components/schemas/{ProblemOut.__name__}"


def problems(*statuses: int) -> dict[int, type[ProblemOut]]:
    """``response=`` entries for refused requests: status → ``ProblemOut``."""
    return dict.fromkeys(statuses, ProblemOut)


class ServiceApi(NinjaAPI):
    """A ``NinjaAPI`` that declares problems under the content type they are sent with."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for response in operation["responses"].values():
                    _name_problem_type(response)
        return schema


def openapi_text(api: NinjaAPI) -> str:
    """The API's description as it is kept in the repository: indented JSON, one final newline."""
    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False, default=str) + "\n"


def openapi_differs(api: NinjaAPI, path: Path) -> bool:
    """Whether the file at ``path`` is missing or no longer says what ``api`` does."""
    return not path.exists() or path.read_text(encoding="utf-8") != openapi_text(api)


def _name_problem_type(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    described = content.get("application/json", {})
    if described.get("schema", {}).get("$ref") == _PROBLEM_REF:
        response["content"] = {CONTENT_TYPE: described}
