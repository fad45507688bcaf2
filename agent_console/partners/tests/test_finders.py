"""The scanner's files come from our own address, wherever the console runs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders as django_finders
from django.core.exceptions import SuspiciousFileOperation
from django.test import Client

from agent_console.partners import finders

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_is_served_by_the_console(client: Client) -> None:
    for path, file in finders.FILES.items():
        answer = client.get(f"/static/{path}")
        assert answer.status_code == 200, path
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert body == (finders.NODE_MODULES / file).read_bytes()
    wasm = client.get("/static/vendor/barcode-detector/zxing_reader.wasm")
    # Browsers compile while they download only with this type.
    assert wasm.headers["Content-Type"] == "application/wasm"


@pytest.mark.parametrize(
    "path",
    [
        "vendor/barcode-detector/package.json",
        "vendor/barcode-detector/../../../package.json",
        "barcode-detector/dist/es/ponyfill.js",
    ],
)
def test_nothing_else_of_the_packages_is(client: Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404
    with suppress(SuspiciousFileOperation):
        assert not django_finders.find(path)


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(finders, "NODE_MODULES", tmp_path)
    finder = finders.NodePackageFinder()
    assert {error.id for error in finder.check()} == {"partners.E001"}
    assert list(finder.list(None)) == []
    assert not finder.find("vendor/barcode-detector/ponyfill.js")


def test_the_container_image_holds_the_packages() -> None:
    dockerfile = (ROOT / "ops" / "container" / "Dockerfile").read_text()
    assert "package-lock.json" in dockerfile
    assert "npm ci" in dockerfile
