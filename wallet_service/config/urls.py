"""Addresses of the wallet process; each stays put."""

from __future__ import annotations

from django.urls import path

from service_kit.health import health_urls
from service_kit.problems import not_found, server_error
from wallet_service.api.assembly import api
from wallet_service.api.metrics import metrics

from .readiness import readiness_checks

handler404 = not_found
handler500 = server_error
urlpatterns = [
    path("v1/", api.urls),
    path("metrics", metrics),
    *health_urls(readiness_checks()),
]
