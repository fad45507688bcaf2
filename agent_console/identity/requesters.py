"""Who asks for codes over the web, for the limits."""

from django.http import HttpRequest

from service_kit.clients import client_of


def requester_of(request: HttpRequest) -> str:
    """``web:`` and the client's address or network.

    What is no address counts as one requester, all of them together.
    """
    return f"web:{client_of(request.META.get('REMOTE_ADDR', '')) or 'unknown'}"
