"""The few files of Node packages that browsers load, among our own static files.

They are read where npm installed them: nothing is copied, and a page never asks another site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
# path under /static/ -> file of a package
FILES: Mapping[str, str] = {
    "vendor/barcode-detector/ponyfill.js": "barcode-detector/dist/es/ponyfill.js",
    "vendor/barcode-detector/zxing-exported.js": "barcode-detector/dist/es/zxing-exported.js",
    "vendor/barcode-detector/LICENSE": "barcode-detector/LICENSE",
    "vendor/barcode-detector/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
    "vendor/chart/chart.js": "chart.js/dist/chart.umd.min.js",
    "vendor/chart/LICENSE": "chart.js/LICENSE.md",
    "vendor/idiomorph/idiomorph-ext.js": "idiomorph/dist/idiomorph-ext.min.js",
    "vendor/idiomorph/LICENSE": "idiomorph/LICENSE",
    "vendor/leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "vendor/leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "vendor/leaflet/LICENSE": "leaflet/LICENSE",
    "vendor/twilio/voice-sdk.js": "@twilio/voice-sdk/dist/twilio.min.js",
    "vendor/twilio/LICENSE.md": "@twilio/voice-sdk/LICENSE.md",
}


class _Packages(FileSystemStorage):
    """Answers the addresses of ``FILES`` with the packages' own files."""

    def path(self, name: str) -> str:
        return super().path(FILES[name])


class NodePackageFinder(BaseFinder):
    """Finds exactly what ``FILES`` names."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self._storage = _Packages(location=NODE_MODULES)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Missing packages are named before a visitor finds out."""
        return [
            Error(f"{file} is missing: run ops/install.sh", id="partners.E001")
            for file in FILES.values()
            if not (NODE_MODULES / file).is_file()
        ]

    def find(  # type: ignore[override]  # the stub's overloads leave out what Django passes
        self, path: str, find_all: bool = False, **kwargs: Any
    ) -> str | list[str]:
        file = FILES.get(path)
        found = [str(NODE_MODULES / file)] if file and (NODE_MODULES / file).is_file() else []
        if find_all:
            return found
        return found[0] if found else []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """What stands there; a missing package must not keep the console from starting."""
        for path, file in FILES.items():
            if (NODE_MODULES / file).is_file():
                yield path, self._storage
