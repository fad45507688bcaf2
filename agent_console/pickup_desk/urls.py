"""Addresses of the pickups' screens, under ``/console/pickups/``."""

from __future__ import annotations

from django.urls import path

from .views import book, bookings, crew, planning, settings

app_name = "pickups"
_booking = "bookings/<slug:reference>/"
_crew = "crew/<slug:reference>/"

urlpatterns = [
    path("", planning.planning, name="planning"),
    path("slots/new/", planning.slot_new, name="slot-new"),
    path("slots/<int:slot_id>/", planning.slot_page, name="slot"),
    path("patterns/", planning.patterns, name="patterns"),
    path("patterns/<uuid:pattern_id>/switch/", planning.pattern_switch, name="pattern-switch"),
    path("settings/", settings.overview, name="settings"),
    path("settings/rules/", settings.rule_choose, name="rule-choose"),
    path("settings/rules/<slug:key>/", settings.rule, name="rule"),
    path("settings/rules/<slug:key>/remove/", settings.rule_remove, name="rule-remove"),
    path("settings/items/new/", settings.item, name="item-new"),
    path("settings/items/<slug:code>/", settings.item, name="item"),
    path("settings/sectors/new/", settings.sector, name="sector-new"),
    path("settings/sectors/<slug:code>/", settings.sector, name="sector"),
    path("book/", book.book, name="book"),
    path("book/<slug:insee>/reading/", book.reading_part, name="reading-part"),
    path("bookings/", bookings.search, name="bookings"),
    path(_booking, bookings.booking_page, name="booking"),
    path(f"{_booking}contact/", bookings.contact, name="contact"),
    path(f"{_booking}change/", bookings.change, name="change"),
    path(f"{_booking}confirm/", bookings.confirm, name="confirm"),
    path(f"{_booking}cancel/", bookings.cancel, name="cancel"),
    path(f"{_booking}called/", bookings.called, name="called"),
    path("calls/", bookings.calls, name="calls"),
    path("crew/", crew.crew, name="crew"),
    path("crew.csv", crew.crew_file, name="crew-file"),
    path(f"{_crew}done/", crew.record, {"action": "done"}, name="crew-done"),
    path(f"{_crew}no-show/", crew.record, {"action": "no_show"}, name="crew-no-show"),
    path(f"{_crew}refuse/", crew.record, {"action": "refuse_on_site"}, name="crew-refuse"),
    path(f"{_crew}undo/", crew.undo, name="crew-undo"),
]
