"""Addresses of "Mes données", under ``/mon-espace/``."""

from django.urls import path

from .views import portal

app_name = "rights"

urlpatterns = [
    path("mes-donnees/", portal.mine, name="mine"),
    path("mes-donnees.json", portal.mine_file, name="mine-file"),
    path("mes-donnees/corriger/", portal.correct, name="correct"),
    path("mes-donnees/effacer/", portal.erase, name="erase"),
    path("durees/", portal.durations, name="durations"),
    path("copie/<str:token>/", portal.copy, name="copy"),
    path("copie/<str:token>/donnees.json", portal.copy_file, name="copy-file"),
]
