"""How HTTP requests come in."""

from __future__ import annotations

ROOT_URLCONF = "wallet_service.config.urls"
WSGI_APPLICATION = "wallet_service.config.wsgi.application"
# The names that callers on the private network use: one machine, and the container's own name.
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "wallet"]
APPEND_SLASH = False
MIDDLEWARE = ["wallet_service.api.middleware.ProblemMiddleware"]
# Bytes.  The largest single write is a few kilobytes; a hundred rewards with all their signals are
# 75 kB.  What a path allows is checked first (``api.middleware``), then the largest by Django.
BODY_MAX_BYTES = 16 * 1024
BODY_MAX_BYTES_OF_PATH = {"/v1/rewards/bulk": 128 * 1024}
DATA_UPLOAD_MAX_MEMORY_SIZE = max(BODY_MAX_BYTES, *BODY_MAX_BYTES_OF_PATH.values())
