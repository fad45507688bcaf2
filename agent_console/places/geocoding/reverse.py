"""The address nearest to a position, by a GiST index on points (``places_address_point``)."""

from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from ..models import Address
from .distances import metres
from .labels import address_label, house_number
from .port import Place, Precision

# One degree of longitude in degrees of latitude at 43.4° N: makes the index's distances true ones.
# The index's expression has the same number.
LONGITUDE_SCALE = 0.7266
# Farther away than this an address says nothing of the place; farther still nothing of the commune.
_ADDRESS_METRES = 150
_COMMUNE_METRES = 3_000


def nearest(*, latitude: float, longitude: float) -> Place | None:
    """The nearest address, its commune alone when it is beyond 150 m, None beyond 3 km.

    ``score`` falls from 1 at the address to 0 at the distance beyond which it isn't given.
    """
    apart = RawSQL(  # noqa: S611  every value is a parameter or the constant above
        f"point(places_address.longitude * {LONGITUDE_SCALE}, places_address.latitude)"
        " <-> point(%s, %s)",
        [longitude * LONGITUDE_SCALE, latitude],
        output_field=FloatField(),
    )
    address = (
        Address.objects.select_related("street__commune")
        .filter(latitude__isnull=False)
        .order_by(apart)
        .first()
    )
    if address is None or address.latitude is None or address.longitude is None:
        return None
    away = metres((latitude, longitude), (address.latitude, address.longitude))
    commune = address.street.commune
    if away > _COMMUNE_METRES:
        return None
    if away > _ADDRESS_METRES:
        return Place(
            label=commune.name,
            commune=commune,
            postcode="",
            precision=Precision.COMMUNE,
            score=round(1 - away / _COMMUNE_METRES, 3),
        )
    number = house_number(address.number, address.suffix)
    return Place(
        label=address_label(
            number=number,
            street=address.street.name,
            postcode=address.postcode,
            commune=commune,
        ),
        commune=commune,
        postcode=address.postcode,
        precision=Precision.NUMBER,
        score=round(1 - away / _ADDRESS_METRES, 3),
        latitude=address.latitude,
        longitude=address.longitude,
        house_number=number,
        street=address.street.name,
    )
