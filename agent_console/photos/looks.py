"""Recognising a photo that was sent before, however it was recompressed or resized since.

The wallet compares signals for equality and must not learn what a photo shows, while a look
(``look.py``) only stays nearly the same.  So the first photo's look stands for all that are near
it, and the signal is a keyed digest of that.
"""

from django.db import connection

from agent_console.digests import keyed_digest

from .look import BITS
from .models import Photo, PhotoLook

# Copies differ in 0 to 4 bits, other photos in 16 and more (``tests/test_looks.py`` measures it).
NEAR_BITS = 8
_LOCK = 0x70686F746F  # "photo": this app's number among PostgreSQL's advisory locks
_NEAREST = """
    SELECT id FROM (
        SELECT id, bit_count((bits # %(bits)s::bigint)::bit(64)) AS far FROM photos_photolook
    ) AS looks WHERE far <= %(near)s ORDER BY far, id LIMIT 1
"""


def look_known(look: int | None) -> PhotoLook | None:
    """The first look near ``look``, made when there is none; inside the caller's transaction.

    One at a time until the commit: two copies that arrive at once get one look.
    """
    if look is None:
        return None
    bits = look - (1 << BITS) if look >> (BITS - 1) else look
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_NEAREST, {"bits": bits, "near": NEAR_BITS})
        row = cursor.fetchone()
    if row is None:
        return PhotoLook.objects.create(bits=bits)
    return PhotoLook.objects.get(pk=row[0])


def photo_signal(photo: Photo) -> str:
    """64 hexadecimal digits, equal for photos that look the same; empty when nothing stands out."""
    if photo.look is None:
        return ""
    return keyed_digest(domain="photo", text=str(photo.look.bits)).hex()
