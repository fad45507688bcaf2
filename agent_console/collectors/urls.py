"""Addresses of the cards' pages, under ``/console/cards/``."""

from django.urls import path

from . import retry_views, views

app_name = "cards"

urlpatterns = [
    path("", views.card_list, name="list"),
    path("link/", views.card_link, name="link"),
    path("retry/", retry_views.deposits_retry, name="retry"),
    path("<uuid:card_id>/", views.card_page, name="card"),
    path("<uuid:card_id>/assign/", views.card_assign, name="assign"),
    path("<uuid:card_id>/unlink/", views.card_unlink, name="unlink"),
]
