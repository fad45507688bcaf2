"""Addresses of the public pages."""

from django.urls import path

from . import views

app_name = "facilities"

urlpatterns = [
    path("ou-jeter/", views.waste_page, name="waste"),
    path("points-de-collecte/", views.facilities_page, name="list"),
    path("points-de-collecte/autour/", views.around_page, name="around"),
    path("points-de-collecte/<uuid:facility_id>/", views.facility_page, name="facility"),
]
