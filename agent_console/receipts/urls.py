"""Addresses of a receipt, under ``/signalements/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "receipts"

urlpatterns = [
    path("<uuid:receipt_key>/", views.receipt, name="receipt"),
    path("<uuid:receipt_key>/avis/", views.feedback, name="feedback"),
]
