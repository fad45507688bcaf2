"""The web channel's pages."""

from __future__ import annotations

from django.urls import path

from channels_config.web.views import photos, portal

urlpatterns = [
    path("", portal, name="portal"),
    path("channels/web/photos", photos, name="web-photos"),
]
