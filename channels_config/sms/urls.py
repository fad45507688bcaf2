"""Addresses that Twilio calls, under ``/channels/sms/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "sms"

urlpatterns = [
    path("twilio", views.incoming, name="incoming"),
    path("twilio/status", views.status, name="status"),
]
