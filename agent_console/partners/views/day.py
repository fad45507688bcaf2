"""What was captured on a day, with its total."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from agent_console.intake.paging import cursor_of, pager
from agent_console.wallet import vouchers
from agent_console.wallet.http import WalletError

from .. import texts
from ..access import at_the_till
from ..models import Cashier

_FIRST_DAY = date(2026, 1, 1)  # no voucher is older


@require_safe
@at_the_till
def day_page(request: HttpRequest, cashier: Cashier) -> HttpResponse:
    """`/partners/day/?day=2026-11-24`: today without it."""
    today = timezone.localdate()
    day = min(max(_asked(request) or today, _FIRST_DAY), today)
    context = {
        "cashier": cashier,
        "section": "day",
        "day": day,
        "is_today": day == today,
        "before": day - timedelta(days=1) if day > _FIRST_DAY else None,
        "after": day + timedelta(days=1) if day < today else None,
    }
    try:
        found = vouchers.captures_on(
            partner_id=cashier.partner_id, day=day, cursor=cursor_of(request)
        )
    except WalletError:
        context["problem"] = texts.UNAVAILABLE
        return render(request, "partners/day.html", context, status=503)
    context |= {
        "found": found,
        "pager": pager(request, next_cursor=found.page.next_cursor),
    }
    return render(request, "partners/day.html", context)


def _asked(request: HttpRequest) -> date | None:
    try:
        return parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
