"""Addresses of the supervisors' screens, under ``/console/consultations/``."""

from django.urls import path

from . import proposal_views, views

app_name = "consultation_desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("add/", views.add, name="add"),
    path("proposals/", proposal_views.queue, name="proposals"),
    path("proposals/<uuid:proposal_id>/", proposal_views.decide, name="decide"),
    path("<uuid:consultation_id>/", views.detail, name="detail"),
    path("<uuid:consultation_id>/edit/", views.edit, name="edit"),
    path("<uuid:consultation_id>/step/", views.step, name="step"),
]
