"""Addresses of the call's pages, under ``/console/appel/``."""

from __future__ import annotations

from django.urls import path

from .views import call, live, start

app_name = "calls_desk"
_call = "<uuid:call_id>/"
_draft = "brouillons/<uuid:draft_id>/"

urlpatterns = [
    path("", start.start, name="start"),
    path("ligne/<uuid:line_id>/", start.of_line, name="of-line"),
    path("propositions/", live.proposals, name="proposals"),
    path("encombrants/", live.pickup, name="pickup-part"),
    path(f"{_draft}enregistrer/", live.save, name="save"),
    path(f"{_draft}abandonner/", start.discard, name="discard"),
    path(f"{_draft}retablir/", start.restore, name="restore"),
    path(_call, call.call_page, name="call"),
    path(f"{_call}numero/", call.number, name="number"),
    path(f"{_call}numero/afficher/", call.number_shown, name="number-shown"),
    path(f"{_call}interlocuteur/", call.speaker, name="speaker"),
    path(f"{_call}autre/", call.another, name="another"),
    path(f"{_call}duree/", live.timers, name="timers"),
    path(f"{_call}raccroche/", call.talk_end, name="talk-end"),
    path(f"{_call}cloture/", call.wrap, name="wrap"),
]
