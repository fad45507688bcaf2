"""Addresses from an addok-compatible HTTP service, used where no addresses are loaded.

``GEOCODER_URL`` is what stands before ``/search`` and ``/reverse``; empty: no service is asked.
"""

from .env import env

GEOCODER_URL: str = env.str("GEOCODER_URL", default="").rstrip("/")
GEOCODER_TIMEOUT_S: float = env.float("GEOCODER_TIMEOUT_S", default=2.0)
GEOCODER_CACHE_S = 24 * 3600
# After so many failures in a row nothing is asked for a while.
GEOCODER_FAILURES_MAX = 5
GEOCODER_RETRY_AFTER_S = 30
