"""The internal API ``/api/v1``: what the dialogue's actions may ask of the city's side."""

from django.conf import settings

from agent_console.calls.api import router as callbacks
from agent_console.calls.opening_api import router as opening
from agent_console.consultations.api import router as consultations
from agent_console.conversations.api import router as conversations
from agent_console.facilities.api import facilities, sorting
from agent_console.identity.api import router as identity
from agent_console.knowledge.api import router as knowledge
from agent_console.opt_outs.api import router as opt_outs
from agent_console.photos.api import router as photos
from agent_console.pickups.api import router as pickups
from agent_console.places.api import router as places
from agent_console.reports.reads_api import router as reports
from agent_console.reports.support_api import router as report_supports
from agent_console.rights.consent_api import router as consents
from agent_console.rights.my_data_api import router as personal_data
from service_kit.openapi import ServiceApi
from service_kit.problems import install_problem_handlers
from service_kit.tokens import ServiceTokenAuth

api = ServiceApi(
    title="MDMP console, internal API",
    version="1",
    auth=ServiceTokenAuth(settings.CONSOLE_API_TOKENS),
    docs_url=None,
    urls_namespace="api-v1",
)
install_problem_handlers(api)
# Before the reports, one of which could otherwise be called "similar".
api.add_router("/reports", report_supports)
api.add_router("/reports", reports)
api.add_router("/places", places)
api.add_router("/conversations", conversations)
api.add_router("/conversations", opt_outs)
api.add_router("/facilities", facilities)
api.add_router("/sorting", sorting)
api.add_router("/photos", photos)
api.add_router("/pickups", pickups)
api.add_router("/identity", identity)
api.add_router("/identity", consents)
api.add_router("/identity", personal_data)
api.add_router("/consultations", consultations)
api.add_router("/callbacks", callbacks)
api.add_router("/opening", opening)
api.add_router("/knowledge", knowledge)
