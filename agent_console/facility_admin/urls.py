"""Addresses of the supervisors' pages, under ``/console/facilities/``."""

from django.urls import path

from .views import imports, sorting

app_name = "facility_admin"

urlpatterns = [
    path("", imports.home, name="home"),
    path("imports/", imports.upload, name="upload"),
    path("imports/<uuid:import_id>/", imports.preview_page, name="import"),
    path("imports/<uuid:import_id>/confirm/", imports.confirm, name="confirm"),
    path("imports/<uuid:import_id>/abandon/", imports.abandon, name="abandon"),
    path("sorting/", sorting.rules, name="rules"),
    path("sorting/add/", sorting.add, name="add_rule"),
    path("sorting/<slug:code>/", sorting.rule_page, name="rule"),
    path("sorting/<slug:code>/save/", sorting.save, name="save_rule"),
    path("sorting/<slug:code>/commune/", sorting.override, name="override"),
    path("sorting/<slug:code>/commune/remove/", sorting.override_remove, name="override_remove"),
    path("sorting/<slug:code>/restore/<int:change_id>/", sorting.restore, name="restore"),
]
