"""The geocoder that is always there: it knows communes and nothing smaller."""

from collections.abc import Sequence

from ..models import Commune
from ..names import fold
from .port import Answer, Asked, Place, Precision, Source


class CommunesGeocoder:
    """Places are communes and arrondissements, without coordinates."""

    source = Source.COMMUNES

    def search(self, asked: Asked) -> Answer:
        if asked.commune is None:
            return Answer()
        return Answer(places=[commune_place(asked.commune)])

    def suggest(self, text: str, *, limit: int) -> Sequence[Place]:
        begins = fold(text)
        if not begins:
            return []
        found = Commune.objects.filter(search_name__startswith=begins)
        return [
            commune_place(commune) for commune in found.order_by("-population", "insee")[:limit]
        ]

    def reverse(self, *, latitude: float, longitude: float) -> Place | None:
        return None


def commune_place(commune: Commune, *, score: float = 1.0) -> Place:
    """A commune as a place; its postcode when it has only one."""
    return Place(
        label=commune.name,
        commune=commune,
        postcode=commune.postcodes[0] if len(commune.postcodes) == 1 else "",
        precision=Precision.COMMUNE,
        score=score,
    )
