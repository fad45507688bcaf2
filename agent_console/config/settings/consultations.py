"""Consultations: what seals ballots."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .env import env

# Half of what opens a ballot; the other half is a file of each consultation's own, in a folder that
# the console and its worker share and that no backup holds (docs/consultations.md).
URN_KEY = env.str("CONSOLE_URN_KEY")
if len(URN_KEY) < 32:
    raise ImproperlyConfigured("CONSOLE_URN_KEY: 32 characters or more")
URN_FOLDER = str(Path(env.str("DATA_DIR", default="") or "var").resolve() / "urns")
