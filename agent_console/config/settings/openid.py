"""Residents' sign-in by OpenID Connect (FranceConnect or another provider); off until it is named.

``OPENID_ISSUER``: the address before ``/.well-known/openid-configuration``.
"""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .env import env

OPENID_ISSUER: str = env.str("OPENID_ISSUER", default="").rstrip("/")
OPENID_CLIENT_ID: str = env.str("OPENID_CLIENT_ID", default="")
OPENID_CLIENT_SECRET: str = env.str("OPENID_CLIENT_SECRET", default="")
# How sure the provider must be: eIDAS levels for FranceConnect.
OPENID_ACR_VALUES: str = env.str("OPENID_ACR_VALUES", default="eidas1")
OPENID_NAME: str = env.str("OPENID_NAME", default="") or "FranceConnect"
if OPENID_ISSUER:
    if not (OPENID_CLIENT_ID and OPENID_CLIENT_SECRET):
        raise ImproperlyConfigured("OPENID_ISSUER needs OPENID_CLIENT_ID and OPENID_CLIENT_SECRET")
    if urlsplit(OPENID_ISSUER).scheme not in ("http", "https"):
        raise ImproperlyConfigured("OPENID_ISSUER: an http(s) address")
