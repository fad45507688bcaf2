"""Addresses of the operator's pages, under ``/console/residents/<uuid>/points/``."""

from __future__ import annotations

from django.urls import path

from .views import assisted

app_name = "points"

urlpatterns = [
    path("", assisted.points_page, name="points"),
    path("offers/<uuid:offer_id>/", assisted.redeem, name="redeem"),
    path("vouchers/<uuid:redemption_id>/", assisted.voucher_page, name="voucher"),
    path("vouchers/<uuid:redemption_id>/cancel", assisted.cancel, name="cancel"),
]
