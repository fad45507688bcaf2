"""The pages that agents wait for, asked as whole requests by one client: times and queries."""

from __future__ import annotations

from typing import Any

from .console_reads import reader, timed
from .figures import percentile


def measure(*, requests: int) -> dict[str, float]:
    """p95 in ms and the number of queries of each page; ``pages_p95_ms`` is the slowest page's."""
    client = reader()
    pages = {
        "inbox": "/console/",
        "conversations": "/console/conversations/",
        "search": "/console/conversations/?q=gravats",
        "caller": _call_of_somebody_known(client),
    }
    figures: dict[str, float] = {}
    for name, url in pages.items():
        timed(client, url)  # fills caches
        times = [timed(client, url)[0] for _ in range(requests)]
        figures[f"{name}_p95_ms"] = percentile(times, 95)
        figures[f"{name}_queries"] = _queries(client, url)
    slowest = max(figures[f"{name}_p95_ms"] for name in pages)
    return figures | {"pages_p95_ms": slowest}


def _call_of_somebody_known(client: Any) -> str:
    """The page that opens when somebody calls who has reported before."""
    from agent_console.citizens.addresses import NUMBER_KINDS
    from agent_console.citizens.models import ContactPoint
    from agent_console.citizens.services import contact_address

    known = ContactPoint.objects.filter(
        kind__in=NUMBER_KINDS, address_sealed__isnull=False, resident__report__isnull=False
    )
    contact = known.order_by("pk").first()
    number = contact_address(contact) if contact is not None else "0612000000"
    answer = client.post("/console/appel/", {"number": number})
    assert answer.status_code == 302, answer.content[:300]
    return str(answer["Location"])


def _queries(client: Any, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)
