"""Addresses of the settings, under ``/console/settings/``."""

from django.urls import path

from . import views

app_name = "case_admin"

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:section>/", views.section_list, name="section"),
    path("<slug:section>/add/", views.edit, name="add"),
    path("<slug:section>/<slug:key>/", views.edit, name="edit"),
    path("<slug:section>/<slug:key>/revert/", views.revert, name="revert"),
    path("<slug:section>/<slug:key>/delete/", views.delete, name="delete"),
]
