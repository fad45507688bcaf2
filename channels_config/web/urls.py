"""The web channel's pages."""

from __future__ import annotations

from django.urls import path

from channels_config.web.views import portal

urlpatterns = [path("", portal, name="portal")]
