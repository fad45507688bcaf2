"""What other apps ask of the territory; each topic has its own file beside this one."""

from .communes import commune_find, communes
from .longest import streets_with_most_numbers
from .resolution import Resolution, place_resolve, place_reverse, place_suggest

__all__ = [
    "Resolution",
    "commune_find",
    "communes",
    "place_resolve",
    "place_reverse",
    "place_suggest",
    "streets_with_most_numbers",
]
