"""Vouchers, and how far the limited network may grow."""

from __future__ import annotations

from .env import env

# Captures of one wallet at one partner within seven days that open a review.
PARTNER_CONCENTRATION_CAPTURES: int = env.int("WALLET_PARTNER_CONCENTRATION_CAPTURES", default=10)
# What one point is taken to be worth, in cents, when points in circulation are put in euros.
POINT_VALUE_CENTS: int = env.int("WALLET_POINT_VALUE_CENTS", default=10)
# Percent of the yearly ceiling from which GET /v1/limits says watch, then alarm.
LIMIT_WATCH_PERCENT: int = env.int("WALLET_LIMIT_WATCH_PERCENT", default=50)
LIMIT_ALARM_PERCENT: int = env.int("WALLET_LIMIT_ALARM_PERCENT", default=75)
