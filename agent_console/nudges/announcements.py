"""Tells residents that points of theirs will expire, once for each notice.

The wallet lists the notices that nobody has acknowledged and expires nothing before it was told
what became of them.  A message is stored under the notice's own id and acknowledged afterwards: a
crash in between finds the message there already and acknowledges it again.
"""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from agent_console.conversations.services import notice_send
from agent_console.wallet.expiry import (
    SENT,
    UNREACHABLE,
    ExpiryNotice,
    expiry_notice_acknowledge,
    expiry_notices,
)
from agent_console.wallet.http import WalletRefused
from service_kit.logs import get_logger

from .selectors import conversation_of_wallet

_PAGE = 100
_PAGES_MAX = 50  # a run is bounded; the next one goes on

logger = get_logger(__name__)


def expiry_announce() -> int:
    """Deal with the notices that wait; how many.  Raises ``WalletUnavailable`` to be retried."""
    total = 0
    for _ in range(_PAGES_MAX):
        notices = expiry_notices(limit=_PAGE)
        dealt_with = sum(_announce(notice) for notice in notices)
        total += dealt_with
        if not dealt_with:
            break
    return total


def _announce(notice: ExpiryNotice) -> bool:
    """Tell, then acknowledge; False when the wallet would not have it."""
    conversation = conversation_of_wallet(wallet_id=notice.wallet_id)
    if conversation is not None:
        notice_send(
            conversation_id=conversation.id, cause=f"expiry:{notice.id}", text=_text(notice)
        )
    try:
        expiry_notice_acknowledge(
            notice_id=notice.id, outcome=SENT if conversation is not None else UNREACHABLE
        )
    except WalletRefused as refusal:
        # Acknowledged meanwhile, with another outcome perhaps: it is off the list either way.
        logger.warning("expiry notice refused", extra={"code": refusal.code})
        return False
    return True


def _text(notice: ExpiryNotice) -> str:
    # The end is exclusive and a midnight in Paris: people are told the last day.
    last_day = timezone.localtime(notice.expires_at) - timedelta(microseconds=1)
    return render_to_string(
        "nudges/notices/expiry.txt", {"points": notice.points, "last_day": last_day}
    ).strip()
