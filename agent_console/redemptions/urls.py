"""Addresses of the public pages: the catalogue and one voucher's page."""

from __future__ import annotations

from django.urls import path

from .views import public

app_name = "offers"

urlpatterns = [
    path("offres/", public.catalogue, name="catalogue"),
    path("bons/<uuid:redemption_id>/", public.voucher_page, name="voucher"),
    path("bons/<uuid:redemption_id>/cancel", public.cancel, name="cancel"),
]
