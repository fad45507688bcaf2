"""What must be read again, yet not by whoever holds a copy of the database: sealed at rest.

``CONSOLE_ADDRESS_KEYS`` opens it and stands outside the database.  Fernet (AES-128-CBC with
HMAC-SHA256); the first key seals, every one of them opens.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """Sealed with a key that is gone, or changed since."""


def seal(content: bytes) -> bytes:
    """``content`` as it may be stored, sealed with the newest key."""
    return _keys().encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """What was sealed with any key still known; raises ``SealBroken``."""
    try:
        return _keys().decrypt(sealed)
    except InvalidToken as error:
        raise SealBroken from error


def _keys() -> MultiFernet:
    # A secret of any form becomes a key of Fernet's form.
    digests = (hashlib.sha256(key.encode()).digest() for key in settings.ADDRESS_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
