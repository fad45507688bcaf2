"""Addresses of a label, under ``/encombrants/``."""

from __future__ import annotations

from django.urls import path

from .views import public

app_name = "label"

urlpatterns = [
    path("<uuid:label_key>/", public.label, name="label"),
    path("<uuid:label_key>/confirmer/", public.confirm, name="confirm"),
    path("<uuid:label_key>/annuler/", public.cancel, name="cancel"),
    path("<uuid:label_key>/changer/", public.change, name="change"),
]
