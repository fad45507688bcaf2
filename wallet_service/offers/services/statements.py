"""Closing a partner's period: what it is owed, and its points burnt."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from wallet_service.ledger.idempotency import Answer, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.services import statement_burn

from ..domain import paris_day
from ..errors import NothingToClose, PeriodClosed, PeriodNotOver
from ..models import Redemption, Statement
from ..requests import request_of
from ..selectors.statements import closed_until, statement_body, undisputed, vouchers_waiting
from .partners import partner_locked


def statement_close(
    *,
    client: str,
    key: str,
    partner_id: uuid.UUID,
    until: dt.date,
    actor: uuid.UUID,
    now: dt.datetime | None = None,
) -> Answer:
    """Close what was captured before ``until`` (exclusive, Europe/Paris) and not closed yet (201).

    A voucher whose dispute waits for a decision is left out: the next period takes it, if it is not
    refunded by then.

    Vouchers, statement and the burn of their points are one transaction: a crash leaves all of it
    or nothing.  The partner's row is locked, so periods are closed one after the other; a capture
    that commits meanwhile is in the next one.

    Raises ``PartnerUnknown``, ``PeriodNotOver``, ``PeriodClosed``, ``NothingToClose``,
    ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="statement_close",
        asked={"partner_id": partner_id, "until": until, "actor": actor},
    )

    def effect() -> Answer:
        partner = partner_locked(partner_id)
        since = check_period(partner_id=partner_id, until=until, now=now)
        # Locked first, read again then: a refund or a dispute under way has either taken its
        # voucher out, or finds the period closed.
        waiting = vouchers_waiting(partner_id=partner_id, until=until)
        locked = list(waiting.select_for_update(no_key=True).values_list("id", flat=True))
        vouchers = list(
            undisputed(Redemption.objects.filter(id__in=locked)).values_list(
                "id", "points", "reimbursement_cents"
            )
        )
        if not vouchers:
            raise NothingToClose
        statement = Statement(
            id=time_ordered_uuid(),
            partner=partner,
            since=since,
            until=until,
            vouchers=len(vouchers),
            points=sum(points for _, points, _ in vouchers),
            reimbursement_cents=sum(cents for _, _, cents in vouchers),
            actor=actor,
            created_at=timezone.now(),
        )
        statement.entry_id = statement_burn(
            partner_id=partner_id, points=statement.points, subject=statement.id
        )
        statement.save(force_insert=True)
        Redemption.objects.filter(id__in=[voucher_id for voucher_id, _, _ in vouchers]).update(
            statement=statement
        )
        return answer_keep(request, Answer(status=201, body=statement_body(statement)))

    return answer_once(request, effect)


def check_period(
    *, partner_id: uuid.UUID, until: dt.date, now: dt.datetime | None = None
) -> dt.date | None:
    """Where the period that ends before ``until`` begins; ``None`` when it is the first.

    Raises ``PeriodNotOver`` and ``PeriodClosed``.
    """
    if until > paris_day(now or timezone.now()):
        raise PeriodNotOver
    since = closed_until(partner_id=partner_id)
    if since is not None and until <= since:
        raise PeriodClosed
    return since
