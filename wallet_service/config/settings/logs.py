"""JSON lines on standard error, without personal data."""

from __future__ import annotations

from service_kit.logs import logging_config

from .env import env

LOGGING = logging_config("wallet", level=env.str("LOG_LEVEL", default="INFO"))
