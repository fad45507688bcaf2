"""``/metrics`` for Prometheus: read from the database at each scrape, so all workers say the same.

Its own token with the scope ``metrics:read`` is needed from everywhere, this machine included: a
proxy on the loopback interface would otherwise open it to the world. Without the setting
``WALLET_API_TOKEN_METRICS`` nobody may read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from service_kit.problems import problem_response
from service_kit.tokens import ServiceToken, ServiceTokenAuth
from wallet_service.ledger.selectors import totals
from wallet_service.offers.domain import LimitLevel
from wallet_service.offers.selectors.limits import limit_figures
from wallet_service.settlement.status import ChainStatus, chain_status, relayer_states

SCOPE: Final = "metrics:read"


@cache
def metrics_tokens() -> ServiceTokenAuth | None:
    """Who may read the measures; None when the token is not set.

    Raises ``ImproperlyConfigured`` when it is shorter than 32 characters: the HTTP process calls
    this at start.
    """
    secret = settings.WALLET_API_TOKENS.get("metrics", "")
    if not secret:
        return None
    try:
        token = ServiceToken(name="metrics", secret=secret, scopes=frozenset({SCOPE}))
    except ValueError as error:
        raise ImproperlyConfigured(f"wallet metrics token: {error}") from error
    return ServiceTokenAuth([token])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Gauges in Prometheus' text format; 401 without the token."""
    tokens = metrics_tokens()
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    caller = tokens.authenticate(request, secret) if tokens and kind.lower() == "bearer" else None
    if caller is None or SCOPE not in caller.scopes:
        return problem_response(401, "token_invalid")
    registry = CollectorRegistry()
    registry.register(_Wallet())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Wallet(Collector):
    """One reading of the database."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # nothing is read when it is registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        status = chain_status()
        yield from _settlement(status)
        yield from _reconciliation(status)
        yield from _points()


def _settlement(status: ChainStatus) -> Iterator[GaugeMetricFamily]:
    yield _gauge("settlement_lag_entries", "Entries not on the chain yet.", status.lag_entries)
    yield _gauge("settlement_lag_seconds", "Age of the oldest of them.", status.lag_seconds)
    stopped = GaugeMetricFamily(
        "wallet_issuing_stopped", "1 while no points are minted.", labels=["reason"]
    )
    stopped.add_metric([status.issuing_stopped_reason or ""], int(status.issuing_stopped))
    yield stopped
    states = GaugeMetricFamily(
        "wallet_relayer_state", "1 for what the relayer does now.", labels=["state"]
    )
    for state in relayer_states():
        states.add_metric([state], int(state == status.state))
    yield states
    problem = GaugeMetricFamily(
        "wallet_relayer_problem", "1 while the relayer waits for a person.", labels=["problem"]
    )
    problem.add_metric([status.problem], int(bool(status.problem)))
    yield problem
    if status.relayer_seen_at:
        silence = (timezone.now() - status.relayer_seen_at).total_seconds()
        yield _gauge("relayer_silence_seconds", "Since the relayer's last sign of life.", silence)


def _reconciliation(status: ChainStatus) -> Iterator[GaugeMetricFamily]:
    last = status.last_reconciliation
    if last is None:
        return
    age = (timezone.now() - last.finished_at).total_seconds()
    yield _gauge("reconciliation_agrees", "1 if ledger and chain agreed.", int(last.agrees))
    yield _gauge("reconciliation_drifts", "Wallets that disagreed.", last.drifts)
    yield _gauge("reconciliation_wallets", "Wallets compared.", last.wallets)
    yield _gauge("reconciliation_age_seconds", "Since the last comparison.", age)


def _points() -> Iterator[GaugeMetricFamily]:
    found = totals()
    points = GaugeMetricFamily(
        "wallet_points", "Points of the whole system by what became of them.", labels=["state"]
    )
    for state in ("circulating", "pending", "expired", "reimbursed", "recoverable"):
        points.add_metric([state], getattr(found, f"{state}_points"))
    yield points
    limits = limit_figures(now=timezone.now())
    yield _gauge(
        "limit_spent_cents", "Value spent over 12 months, in cents.", limits.spent_cents_12_months
    )
    yield _gauge(
        "limit_circulation_cents", "Value in circulation, in cents.", limits.circulation_cents
    )
    yield _gauge("limit_legal_cents", "Where the activity must be declared.", limits.legal_cents)
    level = GaugeMetricFamily(
        "wallet_limit_level", "1 for how near the limited network's ceiling is.", labels=["level"]
    )
    for name in LimitLevel:
        level.add_metric([name.value], int(name == limits.level))
    yield level


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"wallet_{name}", help_text, value=value)
