"""Metres between positions; the Metropolis is small enough for a flat earth."""

from math import cos, hypot, radians

_METRES_PER_DEGREE = 111_195


def metres(left: tuple[float, float], right: tuple[float, float]) -> float:
    """Distance between two (latitude, longitude) in degrees; right to 1 % within 100 km."""
    middle = radians((left[0] + right[0]) / 2)
    return _METRES_PER_DEGREE * hypot(left[0] - right[0], (left[1] - right[1]) * cos(middle))
