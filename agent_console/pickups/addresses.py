"""Public addresses of this subject."""

from django.conf import settings

from .models import Booking


def label_address(booking: Booking) -> str:
    """The label's page; whoever knows it may change the booking, so it goes to its owner only."""
    return f"{settings.PUBLIC_BASE_URL}/encombrants/{booking.label_key}/"
