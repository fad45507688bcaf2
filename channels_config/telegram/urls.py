"""The address that Telegram calls, under ``/channels/telegram/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "telegram"

urlpatterns = [path("webhook", views.webhook, name="webhook")]
