"""Addresses of the wallboard, under ``/console/mur/``."""

from django.urls import path

from .views import wall

app_name = "wall"

urlpatterns = [path("", wall.wall, name="wall"), path("partie/", wall.wall_part, name="wall-part")]
