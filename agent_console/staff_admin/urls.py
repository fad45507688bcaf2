"""Addresses of supervisors about accounts, under ``/console/staff/``."""

from django.urls import path

from . import account_views, audit_views, views

app_name = "staff_admin"

urlpatterns = [
    path("audit/", audit_views.trail, name="trail"),
    path("", views.accounts, name="accounts"),
    path("new/", account_views.account_new, name="account-new"),
    path("<int:user_id>/", account_views.account_page, name="account"),
    path(
        "<int:user_id>/close/",
        account_views.account_switch,
        {"is_active": False},
        name="account-close",
    ),
    path(
        "<int:user_id>/reopen/",
        account_views.account_switch,
        {"is_active": True},
        name="account-reopen",
    ),
    path("<int:user_id>/password/", account_views.account_password, name="account-password"),
    path("<int:user_id>/unlock/", views.unlock, name="unlock"),
    path("<int:user_id>/second-factor/reset/", views.factor_reset, name="factor-reset"),
]
