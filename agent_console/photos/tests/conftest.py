"""Files of photos go to a folder of the test's own."""

from pathlib import Path

import pytest

from agent_console.photos.models import Photo, Uploader
from agent_console.photos.services import photo_store

from .pictures import encoded, scene


@pytest.fixture(autouse=True)
def _files(photo_files: Path) -> None:
    """Every test of this app writes where ``photo_files`` says."""


@pytest.fixture
def photo(db: None) -> Photo:
    """A stored photo that nobody claimed yet."""
    return photo_store(content=encoded(scene(1)), uploader=Uploader.CITIZEN).photo
