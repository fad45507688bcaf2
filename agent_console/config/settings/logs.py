"""JSON lines without personal data."""

from service_kit.logs import logging_config

from .env import env

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config("console", level=env.str("LOG_LEVEL", default="INFO"))
