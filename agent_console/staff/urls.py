"""Addresses of the second factor, under ``/console/second-factor/``."""

from django.urls import path

from . import views

app_name = "staff"

urlpatterns = [
    path("", views.code, name="code"),
    path("enrol/", views.enrol, name="enrol"),
    path("mine/", views.mine, name="mine"),
]
