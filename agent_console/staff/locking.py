"""Locked accounts: after too many wrong passwords, for a while, and only for who tried.

django-axes counts by user name and address together: whoever guesses from a café locks nobody out
of the help desk, and one colleague's typing errors lock none of the colleagues behind the same
address.  Somebody who guesses from many addresses meets the second factor.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Network
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from service_kit.clients import client_of


def client_address(request: HttpRequest) -> str | None:
    """``AXES_CLIENT_IP_CALLABLE``: the address that counts; of IPv6 the subscriber's network."""
    client = client_of(request.META.get("REMOTE_ADDR", ""))
    if client is None:
        return None
    return str(client.network_address if isinstance(client, IPv6Network) else client)


def client_in_logs(*_: Any) -> str:
    """``AXES_CLIENT_STR_CALLABLE``: no name and no address goes to the logs."""
    return "a client"


def locked_page(request: HttpRequest, *_: Any) -> HttpResponse:
    """``AXES_LOCKOUT_CALLABLE``: says how long.

    Who was locked out is read from the request: under ASGI, django-axes 8.3 mixes up the rest.
    """
    username = request.axes_credentials["username"]  # type: ignore[attr-defined]
    left = _attempts().filter(username=username, ip_address=client_address(request))
    last = left.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    minutes = ceil((last + _cool_off() - timezone.now()) / timedelta(minutes=1))
    context = {"minutes": max(1, minutes)}
    return render(request, "staff/locked.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)


def locked_names() -> set[str]:
    """User names that are locked from some address now."""
    counted = (
        _attempts()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return {row["username"] for row in counted}


def unlock(*, username: str) -> int:
    """Forget the wrong passwords given for an account; returns how many were kept."""
    return int(reset(username=username))


def _attempts() -> Any:
    return AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - _cool_off())


def _cool_off() -> timedelta:
    found: timedelta = settings.AXES_COOLOFF_TIME
    return found
