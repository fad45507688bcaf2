"""What protects staff accounts is on unless an installation says otherwise."""

import importlib

import pytest
from django.core.exceptions import ImproperlyConfigured

from agent_console.config.settings import auth


def test_the_second_factor_is_required_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAFF_SECOND_FACTOR", raising=False)
    assert importlib.reload(auth).STAFF_SECOND_FACTOR == "required"
    monkeypatch.setenv("STAFF_SECOND_FACTOR", "of course")
    with pytest.raises(ImproperlyConfigured, match="required or offered"):
        importlib.reload(auth)
