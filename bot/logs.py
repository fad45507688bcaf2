"""How the Rasa process logs: ``logging.yml``, with structlog and warnings going the same way."""

from __future__ import annotations

import logging
import logging.config

from bot import project


def configure_logging() -> None:
    """Apply ``bot/logging.yml``, and send structlog and warnings the same way."""
    import yaml
    from rasa.utils.log_utils import configure_structlog

    config = yaml.safe_load((project.BOT / "logging.yml").read_text(encoding="utf-8"))
    logging.config.dictConfig(config)
    configure_structlog(logging.WARNING)
    logging.captureWarnings(True)
