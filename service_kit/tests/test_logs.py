"""What a log line can't hold, whatever a caller passes."""

import io
import json
import logging
import logging.config

import pytest

from service_kit.logs import logging_config


@pytest.fixture
def lines() -> io.StringIO:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    config = logging_config("test")["formatters"]["json"]
    factory = config.pop("()")
    handler.setFormatter(factory(**config))
    logger = logging.getLogger("kit-test")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    return written


def test_only_listed_fields_are_written(lines: io.StringIO) -> None:
    logging.getLogger("kit-test").info(
        "turn ended", extra={"turn_id": "42", "text": "12 rue Paradis", "phone": "+33600000000"}
    )
    record = json.loads(lines.getvalue())
    assert record["message"] == "turn ended"
    assert (record["service"], record["turn_id"]) == ("test", "42")
    assert set(record) == {"time", "level", "logger", "message", "service", "turn_id"}


def test_a_traceback_does_not_quote_the_exception(lines: io.StringIO) -> None:
    try:
        raise ValueError("12 rue Paradis")
    except ValueError:
        logging.getLogger("kit-test").exception("failed")
    record = json.loads(lines.getvalue())
    assert record["exc_info"].endswith("ValueError")
    assert "test_logs.py" in record["exc_info"]
    assert "Paradis" not in lines.getvalue()
