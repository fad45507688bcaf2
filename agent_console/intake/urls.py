"""Addresses of the console's screens, under ``/console/``."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from agent_console.intake.forms import SignInForm
from agent_console.intake.views import conversations, inbox, oncall, reports, wallets

app_name = "console"

_sign_in = LoginView.as_view(
    template_name="intake/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
_conversation = "conversations/<uuid:conversation_id>/"
_report = "reports/<slug:reference>/"

urlpatterns = [
    path("login/", _sign_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", inbox.inbox, name="inbox"),
    path("parts/conversations/", inbox.conversations_part, name="conversations-part"),
    path("parts/reports/", inbox.reports_part, name="reports-part"),
    path(_conversation, conversations.conversation_page, name="conversation"),
    path(f"{_conversation}timeline/", conversations.timeline_part, name="timeline-part"),
    path(f"{_conversation}citizen/", conversations.citizen_part, name="citizen-part"),
    path(_report, reports.report_page, name="report"),
    path(f"{_report}history/", reports.history_part, name="history-part"),
    path(f"{_report}decision/", reports.decision_part, name="decision-part"),
    path(f"{_report}validate/", reports.step, {"action": "validate"}, name="validate"),
    path(f"{_report}reject/", reports.step, {"action": "reject"}, name="reject"),
    path(f"{_report}steps/<slug:action>/", reports.step, name="step"),
    path("parts/oncall/", oncall.oncall_part, name="oncall-part"),
    path("oncall/<int:page_id>/acknowledge/", oncall.acknowledge, name="acknowledge"),
    path("forwards/", oncall.forward_list, name="forwards"),
    path("forwards/<int:forward_id>/done/", oncall.forward_done, name="forward-done"),
    path("residents/<uuid:resident_id>/wallet/", wallets.wallet_part, name="wallet-part"),
]
