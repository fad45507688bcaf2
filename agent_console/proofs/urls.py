"""The proof's address, which people are given and keep: ``/preuves/<entry>/``."""

from django.urls import path

from .views import entry

app_name = "proofs"

urlpatterns = [path("<uuid:entry_id>/", entry, name="entry")]
