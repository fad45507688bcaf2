"""Addresses of colleagues about personal data, under ``/console/``."""

from django.urls import path

from .views import console, register

app_name = "personal-data"

urlpatterns = [
    path("personal-data/", register.page, name="register"),
    path("residents/<uuid:resident_id>/my-data/", console.page, name="resident"),
    path("residents/<uuid:resident_id>/my-data.json", console.take_away, name="file"),
    path("residents/<uuid:resident_id>/my-data/consent/", console.consent, name="consent"),
    path("residents/<uuid:resident_id>/my-data/correct/", console.correct, name="correct"),
    path("residents/<uuid:resident_id>/my-data/erase/", console.erase, name="erase"),
]
