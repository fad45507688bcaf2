"""The console process: HTTP by Django, WebSockets by Channels."""

import gc
import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agent_console.config.settings")
http = get_asgi_application()

# Consumers import models: only after the applications are loaded.
from agent_console.intake.routing import websocket_urlpatterns as console_sockets  # noqa: E402
from channels_config.kit.at_once import AtOnce  # noqa: E402
from channels_config.kit.twilio.signed import BODY_MAX_BYTES  # noqa: E402
from channels_config.sms.views import incoming as sms_incoming  # noqa: E402
from channels_config.web.routing import websocket_urlpatterns as chat_sockets  # noqa: E402

from .body_limit import BodyLimit  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": AtOnce(
            BodyLimit(http), {"/channels/sms/twilio": sms_incoming}, most=BODY_MAX_BYTES
        ),
        "websocket": URLRouter([*chat_sockets, *console_sockets]),
    }
)

# Thousands of open sockets are a million objects: to look through all of them for cycles stops the
# process for most of a second. What was loaded stays for good and is never looked at again; what
# comes and goes is looked at when there is more of it, so that little of it ever counts as old.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
