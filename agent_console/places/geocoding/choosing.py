"""Which geocoder answers: our own addresses if any are loaded, else HTTP, else communes."""

from django.conf import settings

from ..models import Street
from .communes_only import CommunesGeocoder
from .http import HttpGeocoder
from .own import OwnGeocoder
from .port import Geocoder

COMMUNES = CommunesGeocoder()


def geocoder() -> Geocoder:
    """The best geocoder of this installation; what it can't answer falls back to ``COMMUNES``."""
    if Street.objects.exists():
        return OwnGeocoder()
    return HttpGeocoder() if settings.GEOCODER_URL else COMMUNES
