"""Addresses of consultations, under ``/consultations/``."""

from django.urls import path

from . import result_views, views

app_name = "consultations"

urlpatterns = [
    path("", views.listing, name="list"),
    path("bulletin/<str:token>/", views.ballot, name="ballot"),
    path("bulletin/<str:token>/propositions/", views.propose, name="propose"),
    path("<uuid:consultation_id>/", views.question, name="question"),
    path("<uuid:consultation_id>/resultats/", result_views.results, name="results"),
    path("<uuid:consultation_id>/resultats.csv", result_views.results_csv, name="results-csv"),
    path("<uuid:consultation_id>/recepisses.csv", result_views.codes_csv, name="codes-csv"),
    path("<uuid:consultation_id>/recepisse/", result_views.receipt, name="receipt"),
]
