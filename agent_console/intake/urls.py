"""Addresses of the console's screens, under ``/console/``."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from agent_console.intake.forms import SignInForm
from agent_console.intake.views import (
    agents,
    alerts,
    availability,
    conversations,
    desk,
    desk_admin,
    desk_conversation,
    desk_photo,
    inbox,
    mentions,
    new_photos,
    new_report,
    oncall,
    outages,
    reports,
    suggestions,
    wallets,
)
from agent_console.staff.views import PasswordView

app_name = "console"

_sign_in = PasswordView.as_view(template_name="intake/login.html", authentication_form=SignInForm)
_conversation = "conversations/<uuid:conversation_id>/"
_desk = "conversations/settings/"
_outage = "pannes/<int:outage_id>/"
_agents = "conversations/agents/"
_report = "reports/<slug:reference>/"

urlpatterns = [
    path("login/", _sign_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", inbox.inbox, name="inbox"),
    path("parts/conversations/", inbox.conversations_part, name="conversations-part"),
    path("parts/reports/", inbox.reports_part, name="reports-part"),
    path("conversations/", desk.desk_page, name="desk"),
    path("parts/desk/", desk.desk_list_part, name="desk-list-part"),
    path("parts/queue/", desk.queue_part, name="queue-part"),
    path("availability/", availability.availability, name="availability"),
    path("availability/presence/", availability.presence, name="availability-presence"),
    path("parts/availability/", availability.availability_part, name="availability-part"),
    path("mentions/", mentions.mentions, name="mentions"),
    path("mentions/<int:mention_id>/read/", mentions.read, name="mention-read"),
    path("parts/mentions/", mentions.mentions_link_part, name="mentions-link-part"),
    path("parts/offers/", availability.offers_part, name="offers-part"),
    path(_agents, agents.agents, name="agents"),
    path(f"{_agents}<int:pk>/", agents.skills_edit, name="agent-skills"),
    path("parts/agents/", agents.agents_part, name="agents-part"),
    path(f"{_desk}assignment/", agents.rules_edit, name="assignment-rules"),
    path(_desk, desk_admin.desk_settings, name="desk-settings"),
    path(f"{_desk}teams/new/", desk_admin.team_edit, name="team-new"),
    path(f"{_desk}teams/<int:pk>/", desk_admin.team_edit, name="team-edit"),
    path(_conversation, conversations.conversation_page, name="conversation"),
    path(f"{_conversation}standing/", desk_conversation.standing_part, name="standing-part"),
    path(f"{_conversation}desk/", desk_conversation.desk_part, name="desk-part"),
    path(f"{_conversation}take/", desk_conversation.take, name="take"),
    path(f"{_conversation}decline/", availability.decline, name="offer-decline"),
    path(f"{_conversation}hand-back/", desk_conversation.hand_back, name="hand-back"),
    path(f"{_conversation}transfer/", desk_conversation.transfer, name="transfer"),
    path(f"{_conversation}reply/", desk_conversation.reply, name="reply"),
    path(f"{_conversation}draft/", desk_conversation.draft, name="draft"),
    path(f"{_conversation}suggestion/", suggestions.suggestion, name="suggestion"),
    path(f"{_conversation}photo/", desk_photo.photo_join, name="reply-photo"),
    path(f"{_conversation}photo/remove/", desk_photo.photo_remove, name="reply-photo-remove"),
    path(f"{_conversation}template/", desk_conversation.template, name="reply-template"),
    path(f"{_conversation}note/", desk_conversation.note, name="note"),
    path(f"{_conversation}presence/", desk_conversation.presence, name="presence"),
    path(f"{_conversation}person/", desk_conversation.person, name="person"),
    path(f"{_conversation}timeline/", conversations.timeline_part, name="timeline-part"),
    path(f"{_conversation}citizen/", conversations.citizen_part, name="citizen-part"),
    path(f"{_conversation}block/", conversations.block, name="block"),
    path(f"{_conversation}unblock/", conversations.unblock, name="unblock"),
    path(f"{_conversation}news/", conversations.news, name="conversation-news"),
    path("reports/new/", new_report.new_report, name="new-report"),
    path("reports/new/similar/", new_report.similar_part, name="new-report-similar"),
    path("reports/new/questions/", new_report.questions_part, name="new-report-questions"),
    path("reports/new/photos/", new_photos.photo_add, name="new-report-photo"),
    path(f"{_report}receipt/", new_report.receipt, name="receipt"),
    path(_report, reports.report_page, name="report"),
    path(f"{_report}history/", reports.history_part, name="history-part"),
    path(f"{_report}decision/", reports.decision_part, name="decision-part"),
    path(f"{_report}validate/", reports.step, {"action": "validate"}, name="validate"),
    path(f"{_report}reject/", reports.step, {"action": "reject"}, name="reject"),
    path(f"{_report}steps/<slug:action>/", reports.step, name="step"),
    path("parts/alerts/", alerts.alerts_part, name="alerts-part"),
    path("alerts/<int:alert_id>/acknowledge/", alerts.acknowledge, name="acknowledge-alert"),
    path("parts/oncall/", oncall.oncall_part, name="oncall-part"),
    path("oncall/<int:page_id>/acknowledge/", oncall.acknowledge, name="acknowledge"),
    path("forwards/", oncall.forward_list, name="forwards"),
    path("forwards/<int:forward_id>/done/", oncall.forward_done, name="forward-done"),
    path("pannes/", outages.outage_list, name="outages"),
    path("parts/pannes/", outages.banner_part, name="outages-part"),
    path("pannes/declarer/<slug:reference>/", outages.declare, name="outage-declare"),
    path(_outage, outages.outage_page, name="outage"),
    path(f"{_outage}changer/", outages.change, name="outage-change"),
    path(f"{_outage}rattacher/", outages.attach, name="outage-attach"),
    path(f"{_outage}detacher/", outages.detach, name="outage-detach"),
    path(f"{_outage}clore/", outages.close, name="outage-close"),
    path(f"{_outage}rouvrir/", outages.reopen, name="outage-reopen"),
    path("residents/<uuid:resident_id>/wallet/", wallets.wallet_part, name="wallet-part"),
]
