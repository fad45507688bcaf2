"""Where photos' files are: Django's storage named ``photos`` (``docs/photos.md``)."""

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

_NAME_BYTES = 24


def photo_storage() -> Storage:
    """The storage as the settings name it."""
    return storages["photos"]


def name_new() -> str:
    """A name that nobody can guess, in one of 256 folders; nothing of it comes from outside."""
    token = secrets.token_hex(_NAME_BYTES)
    return f"{token[:2]}/{token[2:]}.jpg"


def file_write(*, name: str, content: bytes) -> None:
    """Store ``content`` under ``name``; raises ``OSError``."""
    written = photo_storage().save(name, ContentFile(content))
    if written != name:  # the storage found the name taken: 192 random bits were not
        raise FileExistsError(name)


def file_read(name: str) -> bytes:
    """The stored bytes; raises ``FileNotFoundError``."""
    with photo_storage().open(name, "rb") as file:
        return bytes(file.read())


def file_remove(name: str) -> None:
    """Remove a file; one that isn't there is no error."""
    photo_storage().delete(name)
