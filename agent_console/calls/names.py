"""How colleagues are named on these pages."""

from django.contrib.auth.models import User


def name_of(user: User | None) -> str:
    """A colleague's name as others read it."""
    return (user.get_full_name() or user.get_username()) if user else ""
