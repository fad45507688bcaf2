"""Entry point of the HTTP process (gunicorn)."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_service.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# Models and routes load once the applications are ready, and now rather than at the first request:
# a missing token stops the start-up.
from wallet_service.api.auth import service_tokens  # noqa: E402
from wallet_service.api.metrics import metrics_tokens  # noqa: E402
from wallet_service.config import urls  # noqa: E402

__all__ = ["application", "urls"]
service_tokens()
metrics_tokens()
