"""Addresses of the console process; each line stays put."""

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from service_kit.health import health_urls
from service_kit.problems import not_found

from .api import api
from .readiness import CHECKS

urlpatterns = [
    path("", include("channels_config.web.urls")),
    path("channels/sms/", include("channels_config.sms.urls")),
    path("channels/voice/", include("channels_config.voice.urls")),
    path("channels/telegram/", include("channels_config.telegram.urls")),
    path("console/nudges/", include("agent_console.nudges.urls")),
    path("console/facilities/", include("agent_console.facility_admin.urls")),
    path("", include("agent_console.facilities.urls")),
    path("console/cards/", include("agent_console.collectors.urls")),
    path("", include("agent_console.redemptions.urls")),
    path(
        "console/residents/<uuid:resident_id>/points/",
        include("agent_console.redemptions.console_urls"),
    ),
    path("console/settings/", include("agent_console.case_admin.urls")),
    path("console/pickups/", include("agent_console.pickup_desk.urls")),
    path("encombrants/", include("agent_console.pickup_desk.label_urls")),
    path("signalements/", include("agent_console.receipts.urls")),
    path("console/crew/", include("agent_console.crews.urls")),
    path("console/appel/", include("agent_console.calls_desk.urls")),
    path("console/calls/", include("agent_console.phone_desk.urls")),
    path("nous-joindre/", include("agent_console.phone_desk.public_urls")),
    path("console/consultations/", include("agent_console.consultation_desk.urls")),
    path("consultations/", include("agent_console.consultations.urls")),
    path("console/staff/", include("agent_console.staff_admin.urls")),
    path("console/second-factor/", include("agent_console.staff.urls")),
    path("console/analyses/", include("agent_console.analytics.urls")),
    path("console/mur/", include("agent_console.analytics.wall_urls")),
    path("console/entrainement/", include("agent_console.training.urls")),
    path("console/connaissances/", include("agent_console.knowledge.urls")),
    path("console/", include("agent_console.intake.urls")),
    path("console/", include("agent_console.partner_admin.urls")),
    path("collectors/", include("agent_console.collectors.webhook_urls")),
    path("photos/", include("agent_console.photos.urls")),
    path("preuves/", include("agent_console.proofs.urls")),
    path("mon-espace/", include("agent_console.identity.urls")),
    path("mon-espace/", include("agent_console.rights.urls")),
    path("console/residents/", include("agent_console.identity.console_urls")),
    path("console/", include("agent_console.rights.console_urls")),
    path("partners/", include("agent_console.partners.urls")),
    path("api/v1/", api.urls),
    re_path(r"^api/", csrf_exempt(not_found)),  # programs are answered in JSON
    *health_urls(CHECKS),
]
