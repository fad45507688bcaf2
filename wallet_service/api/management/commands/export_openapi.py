"""``export_openapi``: the wallet API's description."""

from pathlib import Path

from service_kit.commands import ExportOpenApi
from wallet_service.api.assembly import api


class Command(ExportOpenApi):
    api = api
    path = Path(__file__).resolve().parents[4] / "docs" / "api" / "wallet.openapi.json"
