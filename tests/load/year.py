"""The screens and reads of a simulated city: ``python -m tests.load.year``.

A database of its own is filled by ``simulate``, and each screen and read of the city's side is
asked for several times, as a whole request; then every other page of the console that a link leads
to.  The wallet does not run: what shows points says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ops.config import ROOT

from .console_reads import configure, migrate_and_seed, reader, step, timed
from .figures import percentile
from .pages import pages
from .system import engines

_REQUESTS = 40


@dataclass(frozen=True)
class Screen:
    """One address; with ``form`` it is posted."""

    name: str
    url: str
    form: Mapping[str, str] | None = None


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.load.year", description=__doc__)
    parser.add_argument("--reports", type=int, default=220_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=_REQUESTS)
    options = parser.parse_args()
    with engines(ROOT / "build" / "year" / "data") as system:
        configure(system)
        with step("database"):
            migrate_and_seed()
        from django.core.management import call_command

        with step(f"a year of {options.reports} reports"):
            call_command("simulate", reports=options.reports, seed=options.seed)
        with step("every contact counted"):
            call_command("rebuild_analytics")
        with system.superuser("mdmp_console") as connection:
            connection.execute("VACUUM (ANALYZE)")
        client = reader()
        print(f"\n{'screen or read':60}{'p50 ms':>10}{'p95 ms':>10}{'bytes':>10}")
        slowest = 0.0
        for screen in chain(screens(), (Screen(url, url) for url in pages(client))):
            times, size = _times(client, screen, options.requests)
            p95 = percentile(times, 95)
            slowest = max(slowest, p95)
            print(
                f"{screen.name[:59]:60}{percentile(times, 50):>10.1f}{p95:>10.1f}{size:>10}",
                flush=True,
            )
        print(f"\nslowest p95: {slowest:.1f} ms")


def _times(client: Any, screen: Screen, requests: int) -> tuple[list[float], int]:
    _, answer = timed(client, screen.url, screen.form)  # fills caches
    size = len(answer.getvalue())
    return [timed(client, screen.url, screen.form)[0] for _ in range(requests)], size


def screens() -> list[Screen]:
    """What is asked for, about things that the year holds."""
    from agent_console.conversations.models import Conversation
    from agent_console.pickups.models import Booking, Slot
    from agent_console.reports.models import Report

    report = Report.objects.filter(conversation__isnull=False, commune__isnull=False).order_by(
        "-created_at"
    )[0]
    talk = Conversation.objects.order_by("-last_message_at")[0]
    booking = Booking.objects.order_by("-created_at")[0]
    slot = Slot.objects.select_related("sector").get(pk=booking.slot_id)
    sector = slot.sector.code
    similar = {
        "category_code": report.category_id,
        "address": report.address,
        "commune": report.commune.name if report.commune else "",
        "description": report.description,
    }
    return [
        Screen("inbox", "/console/"),
        Screen("inbox, late", "/console/?state=late"),
        Screen("inbox, a service", "/console/?service=voirie"),
        Screen("inbox, a commune", "/console/?commune=13001"),
        Screen("a report", f"/console/reports/{report.reference}/"),
        Screen("new report", "/console/reports/new/"),
        Screen("similar while writing", "/console/reports/new/similar/", similar),
        Screen("conversations", "/console/conversations/"),
        Screen("conversations, a word", "/console/conversations/?q=gravats"),
        Screen("conversations, a reference", f"/console/conversations/?q={report.reference}"),
        Screen("a conversation", f"/console/conversations/{talk.pk}/"),
        Screen("forwards", "/console/forwards/"),
        Screen("crew's day", "/console/crew/"),
        Screen("pickups, planning", f"/console/pickups/?sector={sector}"),
        Screen("pickups, search", f"/console/pickups/bookings/?q={booking.reference}"),
        Screen("a pickup", f"/console/pickups/bookings/{booking.reference}/"),
        Screen("pickups, crew's list", f"/console/pickups/crew/?sector={sector}&jour={slot.day}"),
        Screen("pickups, calls to make", "/console/pickups/calls/"),
        Screen("pickups, new", "/console/pickups/book/"),
        Screen("calls", "/console/calls/"),
        Screen("analytics, overview", "/console/analyses/"),
        Screen("wall", "/console/mur/"),
        Screen("receipt", f"/signalements/{report.receipt_key}/"),
        Screen("where to throw it", "/ou-jeter/?q=vieux+frigo&commune=13055"),
        Screen("API reports", "/api/v1/reports?limit=100"),
        Screen("API reports, late", "/api/v1/reports?late=true&limit=100"),
        Screen("API reports, a box", "/api/v1/reports?bbox=5.375,43.290,5.395,43.305&limit=100"),
        Screen("API a report", f"/api/v1/reports/{report.reference}"),
        Screen("API categories", "/api/v1/reports/categories"),
        Screen("API suggest", "/api/v1/places/suggest?q=12%20rue%20de%20rome"),
        Screen("API pickup slots", f"/api/v1/pickups/slots?insee={booking.commune_id}"),
        Screen("API pickups of one", f"/api/v1/pickups?conversation={talk.pk}"),
        Screen("API sorting", "/api/v1/sorting?waste=frigo"),
    ]


if __name__ == "__main__":
    main()
