"""Whom limits count: an address, or the network that one subscriber has."""

import pytest
from django.test import RequestFactory

from agent_console.identity.requesters import requester_of


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "web:192.0.2.7"),
        ("::ffff:192.0.2.7", "web:192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "web:2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "web:2001:db8:1:2::/64"),
        ("", "web:unknown"),
        ("unix:", "web:unknown"),
    ],
)
def test_who_is_counted(address: str, counted: str) -> None:
    assert requester_of(RequestFactory(REMOTE_ADDR=address).get("/")) == counted
