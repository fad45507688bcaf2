"""Time is aware and UTC inside; people read French."""

from __future__ import annotations

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "fr"
