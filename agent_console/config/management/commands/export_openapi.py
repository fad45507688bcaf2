"""``export_openapi``: the internal API's description."""

from pathlib import Path

from agent_console.config.api import api
from service_kit.commands import ExportOpenApi


class Command(ExportOpenApi):
    api = api
    path = Path(__file__).resolve().parents[4] / "docs" / "api" / "console.openapi.json"
