"""Registers the API's management commands; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class WalletApiConfig(AppConfig):
    name = "wallet_service.api"
    label = "wallet_api"
    verbose_name = "API du portefeuille"
