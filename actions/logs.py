"""How the action server logs: our lines from INFO, the libraries' from WARNING without their text.

rasa_sdk logs whole requests when an action fails, and a request is the whole conversation.
"""

from __future__ import annotations

import logging

from bot.private_logs import PrivateJsonFormatter


def configure_logging() -> None:
    """Send everything through the formatter; the access log stays off."""
    handler = logging.StreamHandler()
    handler.setFormatter(PrivateJsonFormatter("actions", ["actions"]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("actions").setLevel(logging.INFO)
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = name != "sanic.access"
