"""Addresses of the operators' page about a resident, under ``/console/residents/``."""

from django.urls import path

from .views import console

app_name = "residents"

urlpatterns = [
    path("<uuid:resident_id>/", console.page, name="resident"),
    path("<uuid:resident_id>/merge/", console.merge, name="merge"),
    path("<uuid:resident_id>/merges/<uuid:merge_id>/undo/", console.unmerge, name="unmerge"),
    path("<uuid:resident_id>/contacts/<int:link_id>/unlink/", console.unlink, name="unlink"),
    path("<uuid:resident_id>/contacts/<int:link_id>/relink/", console.relink, name="relink"),
    path("<uuid:resident_id>/contacts/<int:link_id>/holder/", console.new_holder, name="holder"),
    path("<uuid:resident_id>/contacts/<int:link_id>/split/", console.split, name="split"),
]
