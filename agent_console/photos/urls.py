"""Addresses of photos, under ``/photos/``."""

from django.urls import path, register_converter

from . import views
from .addresses import SizeConverter

app_name = "photos"
register_converter(SizeConverter, "photosize")
urlpatterns = [
    path("<uuid:photo_id>/<photosize:size>", views.staff, name="staff"),
    path("signed/<str:token>", views.signed, name="signed"),
]
