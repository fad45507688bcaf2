"""Collectors of sorted waste that may tell us of deposits: ``name:secret[,name:secret…]``.

None is accepted when nothing is set.  A name without a long secret stops the start-up, so that no
address ever stands open.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ImproperlyConfigured

from .env import env

SECRET_CHARS_MIN = 32
NAME_CHARS_MAX = 32


def secrets_parsed(pairs: Iterable[str]) -> Mapping[str, str]:
    """Name → secret; raises ``ImproperlyConfigured`` without quoting any secret."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, secret = pair.strip().partition(":")
        if not (name.isascii() and name.isalnum() and len(name) <= NAME_CHARS_MAX):
            raise ImproperlyConfigured(
                "GLASS_COLLECTOR_SECRETS: a collector's name is 1 to 32 letters and digits"
            )
        if len(secret) < SECRET_CHARS_MIN:
            raise ImproperlyConfigured(
                f"GLASS_COLLECTOR_SECRETS: the secret of {name} is shorter than "
                f"{SECRET_CHARS_MIN} characters"
            )
        if name in found:
            raise ImproperlyConfigured(f"GLASS_COLLECTOR_SECRETS: {name} stands there twice")
        found[name] = secret
    return found


GLASS_COLLECTOR_SECRETS = secrets_parsed(env.list("GLASS_COLLECTOR_SECRETS", default=[]))
