"""What is near a position in degrees, by an index on ``point(longitude, latitude)``."""

import math

from django.db.models import BooleanField, F, FloatField, Func, Value
from django.db.models.expressions import Combinable

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


def in_window(latitude: float, longitude: float, radius_m: int) -> Func:
    """Whether a row's position is in the smallest box that holds the circle.

    The row has ``latitude`` and ``longitude``; the box holds some places outside the circle.
    """
    angle = radius_m / EARTH_RADIUS_M
    north = math.degrees(angle)
    ratio = math.sin(angle) / max(math.cos(math.radians(latitude)), 1e-9)
    east = math.degrees(math.asin(ratio)) if ratio < 1 else 180.0
    corners = (
        _point(Value(longitude - east), Value(latitude - north)),
        _point(Value(longitude + east), Value(latitude + north)),
    )
    return Func(
        _point(F("longitude"), F("latitude")),  # as the indexes spell it
        Func(*corners, function="box"),
        template="%(expressions)s",
        arg_joiner=" <@ ",
        output_field=BooleanField(),
    )


def _point(longitude: Combinable, latitude: Combinable) -> Func:
    return Func(longitude, latitude, function="point", output_field=FloatField())
