"""Addresses of the calls' screens, under ``/console/calls/``."""

from django.urls import path

from . import announcement_views, interpreter_views, softphone_views, talk_views, views

app_name = "calls"

urlpatterns = [
    path("", views.home, name="home"),
    path("parts/lists/", views.lists_part, name="lists-part"),
    path("phone/", views.phone, name="phone"),
    path("next/", views.take_next, name="take-next"),
    path("softphone/", softphone_views.page, name="softphone"),
    path("softphone/token/", softphone_views.token, name="softphone-token"),
    path("softphone/<slug:choice>/", softphone_views.choose, name="softphone-choose"),
    path("interpreters/", interpreter_views.page, name="interpreters"),
    path(
        "interpreters/<int:interpreter_id>/<slug:choice>/",
        interpreter_views.change,
        name="interpreter-change",
    ),
    path("transfers/<uuid:leg_id>/take/", talk_views.claim, name="claim"),
    path("announcements/", announcement_views.page, name="announcements"),
    path(
        "announcements/<int:announcement_id>/end/",
        announcement_views.end,
        name="announcement-end",
    ),
    path("callbacks/<uuid:call_back_id>/", views.call_back_page, name="call-back"),
    path("callbacks/<uuid:call_back_id>/state/", views.call_back_part, name="call-back-part"),
    path("callbacks/<uuid:call_back_id>/number/", views.call_back_number, name="call-back-number"),
    path("callbacks/<uuid:call_back_id>/<slug:name>/", views.act, name="act"),
    path("<uuid:call_id>/", views.call_page, name="call"),
    path("<uuid:call_id>/state/", views.call_part, name="call-part"),
    path("<uuid:call_id>/take/", views.take, name="take"),
    path("<uuid:call_id>/talk/<slug:name>/", talk_views.act, name="talk"),
]
