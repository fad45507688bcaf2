"""Where photos' files are kept (``docs/photos.md``): a folder, or another storage of Django's."""

import json
from pathlib import Path
from typing import Any

from .env import env

_IN_A_FOLDER = "django.core.files.storage.FileSystemStorage"
_BACKEND: str = env.str("PHOTO_STORAGE_BACKEND", default="") or _IN_A_FOLDER
_OPTIONS: dict[str, Any] = json.loads(env.str("PHOTO_STORAGE_OPTIONS", default="") or "{}")
_DEFAULTS: dict[str, Any] = (
    {
        "location": str(Path(env.str("DATA_DIR", default="") or "var").resolve() / "media/photos"),
        # Nobody but the console's own account reads them, whatever the umask.
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    if _BACKEND == _IN_A_FOLDER
    else {}
)
PHOTO_STORAGE: dict[str, Any] = {"BACKEND": _BACKEND, "OPTIONS": {**_DEFAULTS, **_OPTIONS}}
