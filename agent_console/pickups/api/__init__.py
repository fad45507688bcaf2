"""The internal API of pickups, under ``/api/v1/pickups``."""

from .routes import router

__all__ = ["router"]
