"""Addresses of the partners' portal, under ``/partners/``."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from .views import day, sign_in, statements, till

app_name = "partners"

# A voucher's QR code holds this address: it stays put, and is short.
_voucher = "v/<str:code>"

urlpatterns = [
    path("", till.home, name="home"),
    path("login/", sign_in.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="partners:login"), name="logout"),
    path(_voucher, till.voucher_page, name="voucher"),
    path(f"{_voucher}/capture", till.capture, name="capture"),
    path(f"{_voucher}/problem", till.problem, name="problem"),
    path("day/", day.day_page, name="day"),
    path("statements/", statements.statement_list, name="statements"),
    path("statements/<uuid:statement_id>/", statements.statement_page, name="statement"),
    path("statements/<uuid:statement_id>.csv", statements.statement_csv, name="statement-csv"),
]
