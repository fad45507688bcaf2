"""French numbers."""

from __future__ import annotations

import pytest

from agent_console.intake.templatetags.console_text import points


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0\u00a0point"),
        (1, "1\u00a0point"),
        (2, "2\u00a0points"),
        (-10, "-10\u00a0points"),
        (12345, "12\u202f345\u00a0points"),
    ],
)
def test_points_follow_french_grammar(count: int, text: str) -> None:
    assert points(count) == text
