"""The address that says when people answer."""

from django.urls import path

from . import public_views

app_name = "reach"

urlpatterns = [path("", public_views.reach, name="page")]
