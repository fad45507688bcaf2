"""Points of a period: what the wallet says of each day, once, and again in a rebuild."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.db import connection

from agent_console.analytics.export import points_csv_of
from agent_console.analytics.models import DailyTotal
from agent_console.analytics.periods import Period
from agent_console.analytics.points import GIVEN, POINTS, points_rebuild, points_update
from agent_console.analytics.selectors import days_of, table
from agent_console.analytics.services import analytics_rebuild, day_recount
from agent_console.wallet import http
from agent_console.wallet.http import WalletUnavailable
from agent_console.wallet.tests.contract import check_exchange

from .histories import MONDAY

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 2)
WEEK = Period(FIRST, FIRST + timedelta(days=6))
_GIVEN = """
SELECT coalesce(sum(count), 0), coalesce(sum(total), 0) FROM analytics_dailytotal
WHERE measure = 'points_moved' AND key = 'given' AND day BETWEEN %s AND %s
"""


RULES = {"reward_posted": "report.pothole", "reward_granted": "glass.deposit"}


class Wallet:
    """Days of movements, ten of them a page."""

    def __init__(self) -> None:
        self.rows: Counter[tuple[date, str]] = Counter()
        self.asked: list[str] = []
        self.is_away = False

    def move(self, day: date, kind: str, points: int) -> None:
        self.rows[day, kind] += points

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("away")
        self.asked.append(request.url.params["since"])
        since = date.fromisoformat(request.url.params["since"])
        days = sorted({day for day, _ in self.rows if day >= since})
        items: list[dict[str, Any]] = [
            {"day": day.isoformat(), "kind": kind, "entries": 1, "points": points}
            for (day, kind), points in sorted(self.rows.items())
            if day in days[:10]
        ]
        following = days[10].isoformat() if len(days) > 10 else None
        given = [
            {"day": one["day"], "rule": rule, "entries": 1, "points": one["points"]}
            for one in items
            if (rule := RULES.get(one["kind"]))
        ]
        answer = {"items": items, "given": given, "next_since": following}
        response = httpx.Response(200, json=answer)
        check_exchange(request, response)
        return response


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Wallet:
    double = Wallet()
    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(double))
    monkeypatch.setattr(http, "client", lambda: client)
    return double


def _known() -> list[tuple[Any, ...]]:
    rows = DailyTotal.objects.filter(measure__in=(POINTS.code, GIVEN.code))
    rows = rows.order_by("measure", "day", "key")
    return list(rows.values_list("day", "key", "count", "total"))


def test_a_period_has_the_sum_of_its_days_beside_the_period_before(wallet: Wallet) -> None:
    wallet.move(FIRST - timedelta(days=1), "reward_posted", 7)
    for kind, points in {
        "reward_posted": 10, "reward_granted": 5, "correction_credited": 1, "reward_reversed": 3,
        "redemption_held": 8, "redemption_captured": 6, "redemption_released": 2,
        "points_expired": 4, "statement_closed": 6,
    }.items():  # fmt: skip
        wallet.move(FIRST, kind, points)
    wallet.move(WEEK.last, "reward_posted", 20)
    wallet.move(WEEK.last + timedelta(days=1), "reward_posted", 99)
    points_update()
    shown = table(POINTS, WEEK)
    assert {line.key: (line.count, line.total) for line in shown.lines} == {
        "given": (4, 36),
        "taken_back": (1, 3),
        "exchanged": (1, 8),
        "returned": (1, 2),
        "used": (1, 6),
        "expired": (1, 4),
    }
    given = shown.line("given")
    assert given is not None
    assert (given.before, given.total_before) == (1, 7)
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, [WEEK.first, WEEK.last])
        assert cursor.fetchone() == (given.count, given.total)
    days = days_of(POINTS, "given", WEEK)
    assert [(one.day, one.total) for one in days] == [(WEEK.last, 20), (FIRST, 16)]
    assert "Points de la période;02/03/2026;08/03/2026;Donnés;4;36;1;7" in points_csv_of(
        shown, WEEK
    )


def test_points_are_told_by_what_they_reward(wallet: Wallet, metropolis: None) -> None:
    wallet.move(FIRST - timedelta(days=1), "reward_posted", 7)
    wallet.move(FIRST, "reward_posted", 10)
    wallet.move(FIRST, "reward_granted", 5)
    wallet.move(FIRST, "correction_credited", 3)  # for no behaviour
    wallet.move(WEEK.last, "reward_granted", 20)
    points_update()
    shown = table(GIVEN, WEEK)
    assert [
        (one.key, one.label, one.count, one.total, one.total_before) for one in shown.lines
    ] == [
        ("glass.deposit", "Dépôt de verre", 2, 25, 0),
        ("report.pothole", "Signalement : Trou dans la chaussée", 1, 10, 7),
    ]
    given = table(POINTS, WEEK).line("given")
    assert given is not None
    assert shown.total == given.total - 3
    csv = points_csv_of(shown, WEEK)
    assert "Points donnés par geste;02/03/2026;08/03/2026;Dépôt de verre;2;25;0;0" in csv
    DailyTotal.objects.filter(measure=GIVEN.code).delete()  # as before the update that brought them
    points_update()
    assert table(GIVEN, WEEK).total == 35


def test_only_new_days_are_asked_for_again_and_a_rebuild_says_the_same(wallet: Wallet) -> None:
    for days in range(25):
        wallet.move(FIRST + timedelta(days=days), "reward_posted", 10 + days)
    points_update()
    assert len(wallet.asked) == 3
    wallet.asked.clear()
    newest = FIRST + timedelta(days=24)
    wallet.move(newest, "reward_posted", 5)  # the day went on
    wallet.move(newest + timedelta(days=40), "points_expired", 3)
    points_update()
    assert wallet.asked == [(newest - timedelta(days=2)).isoformat()]
    counted = _known()
    assert [row for row in counted if row[1] != "report.pothole"][-2:] == [
        (newest, "given", 1, 39),
        (newest + timedelta(days=40), "expired", 1, 3),
    ]
    points_rebuild()
    assert _known() == counted
    DailyTotal.objects.all().delete()
    points_update()
    assert _known() == counted


def test_while_the_wallet_is_away_what_is_known_stays(wallet: Wallet) -> None:
    wallet.move(FIRST, "reward_posted", 10)
    points_update()
    counted = _known()
    wallet.is_away = True
    for act in (points_update, points_rebuild):
        with pytest.raises(WalletUnavailable):
            act()
    call_command("rebuild_analytics")
    assert _known() == counted


def test_counting_contacts_again_leaves_points_alone(wallet: Wallet) -> None:
    wallet.move(FIRST, "reward_posted", 10)
    points_update()
    counted = _known()
    analytics_rebuild(now=MONDAY + timedelta(days=30))
    day_recount(day=FIRST)
    assert _known() == counted
