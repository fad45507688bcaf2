"""How HTTP requests come in."""

from __future__ import annotations

ROOT_URLCONF = "wallet_service.config.urls"
WSGI_APPLICATION = "wallet_service.config.wsgi.application"
# The names that callers on the private network use: one machine, and the container's own name.
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "wallet"]
APPEND_SLASH = False
MIDDLEWARE = ["wallet_service.api.middleware.ProblemMiddleware"]
# Bytes; the largest legal request is well under a kilobyte.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024
