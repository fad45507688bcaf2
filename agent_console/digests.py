"""Keyed digests of what may be compared but not stored: card numbers, places.

Such things can be guessed (a card has a few digits, a commune a few thousand streets), so a plain
hash would hide nothing: only the key does.
"""

import hashlib
import hmac
import unicodedata

from django.conf import settings


def keyed_digest(*, domain: str, text: str) -> bytes:
    """32 bytes; the same text in another ``domain`` gives others."""
    message = f"{domain}\0{text}".encode()
    return hmac.new(settings.DIGEST_KEY.encode(), message, hashlib.sha256).digest()


def folded(text: str) -> str:
    """``text`` without case, accents, punctuation or repeated spaces, for comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(
        char if char.isalnum() else " " for char in plain if not unicodedata.combining(char)
    )
    return " ".join(words.split())
