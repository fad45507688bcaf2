"""Addresses that Twilio calls, under ``/channels/voice/``."""

from __future__ import annotations

from django.urls import path

from .views import desk, queue, rooms, status, talk

app_name = "voice"

urlpatterns = [
    path("twilio", talk.incoming, name="incoming"),
    path("twilio/turn", talk.turn, name="turn"),
    path("twilio/answer", talk.answer, name="answer"),
    path("twilio/fallback", talk.fallback, name="fallback"),
    path("twilio/status", status.status, name="status"),
    path("twilio/recorded", status.recorded, name="recorded"),
    path("twilio/recording", queue.recording, name="recording"),
    path("twilio/wait", queue.wait, name="wait"),
    path("twilio/wait/key", queue.wait_key, name="wait-key"),
    path("twilio/left", queue.left, name="left"),
    path("twilio/offer", queue.offered, name="offer"),
    path("twilio/number", queue.number, name="number"),
    path("twilio/bridge", rooms.bridge, name="bridge"),
    path("twilio/dialled", rooms.dialled, name="dialled"),
    path("twilio/room", rooms.room, name="room"),
    path("twilio/held", rooms.held, name="held"),
    path("twilio/leg", rooms.leg, name="leg"),
    path("twilio/leg/key", rooms.leg_key, name="leg-key"),
    path("twilio/leg/left", rooms.leg_left, name="leg-left"),
    path("twilio/leg/status", rooms.leg_status, name="leg-status"),
    path("twilio/desk", desk.desk, name="desk"),
    path("twilio/desk/key", desk.desk_key, name="desk-key"),
    path("twilio/desk/status", desk.desk_status, name="desk-status"),
    path("twilio/called", desk.called, name="called"),
]
