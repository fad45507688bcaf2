"""Addresses that collectors call, under ``/collectors/``."""

from django.urls import path

from .webhook import glass

urlpatterns = [path("glass", glass, name="collectors-glass")]
