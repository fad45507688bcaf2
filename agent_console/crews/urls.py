"""Addresses of the crews' pages, under ``/console/crew/``."""

from __future__ import annotations

from django.urls import path

from .views import day, offline, report, teams

app_name = "crews"

urlpatterns = [
    path("", day.day, name="day"),
    path("autour/", day.around, name="around"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("equipes/", teams.teams, name="teams"),
    path("equipes/ajouter/", teams.add, name="member-add"),
    path("equipes/<int:member_id>/retirer/", teams.remove, name="member-remove"),
    path("equipes/numero/", teams.dispatch, name="dispatch"),
    path("<slug:reference>/", report.report_page, name="report"),
    path("<slug:reference>/<slug:action>/", report.act, name="act"),
]
