"""Addresses of the console process; each line stays put."""

from django.urls import include, path

from service_kit.health import health_urls

from .api import api
from .readiness import CHECKS

urlpatterns = [
    path("", include("channels_config.web.urls")),
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
    path("console/", include("agent_console.intake.urls")),
    path("console/", include("agent_console.partner_admin.urls")),
    path("collectors/", include("agent_console.collectors.webhook_urls")),
    path("photos/", include("agent_console.photos.urls")),
    path("preuves/", include("agent_console.proofs.urls")),
    path("partners/", include("agent_console.partners.urls")),
    path("api/v1/", api.urls),
    *health_urls(CHECKS),
]
