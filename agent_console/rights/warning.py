"""What an erasure takes with it, in words: the points first."""

import hashlib
import uuid
from dataclasses import dataclass

from django.template.loader import render_to_string

from agent_console.citizens.models import Resident
from agent_console.citizens.selectors import residents_same, wallets_of
from agent_console.pickups.models import Booking
from agent_console.pickups.workflow import LIVE
from agent_console.reports.models import Report
from agent_console.wallet.http import WalletError, WalletUnknown
from agent_console.wallet.wallets import wallet_get


@dataclass(frozen=True, slots=True)
class ErasureText:
    """``points`` and ``vouchers`` (points held for them) are ``None`` while the wallet is away.

    ``confirm`` changes when what is lost changes: nobody erases more than they were told.
    """

    points: int | None
    vouchers: int | None
    reports: int
    text: str
    soon: str
    done: str
    confirm: str


def erasure_warning(*, resident_id: uuid.UUID, locale: str = "fr") -> ErasureText:
    """What the person reads before they confirm."""
    same = residents_same(resident_id=resident_id)
    points, vouchers = _points(resident_id)
    reports = Report.objects.filter(resident__in=same).count()
    context: dict[str, object] = {
        "points": points,
        "vouchers": vouchers,
        "reports": reports,
        "has_wallet": Resident.objects.filter(pk__in=same, wallet_id__isnull=False).exists(),
        "pickups": Booking.objects.filter(resident__in=same, state__in=LIVE).count(),
    }
    said = f"{sorted(map(str, same))} {points} {vouchers} {context['pickups']}"
    return ErasureText(
        points=points,
        vouchers=vouchers,
        reports=reports,
        text=_text("warning", locale, context),
        soon=_text("soon", locale, context),
        done=_text("done", locale, context),
        confirm=hashlib.sha256(said.encode()).hexdigest(),
    )


def _points(resident_id: uuid.UUID) -> tuple[int | None, int | None]:
    points = held = 0
    for number in wallets_of(resident_id=resident_id):
        try:
            wallet = wallet_get(number)
        except WalletUnknown:
            continue
        except WalletError:
            return None, None
        points += wallet.available_points + wallet.pending_points
        held += wallet.held_points
    return points, held


def _text(name: str, locale: str, context: dict[str, object]) -> str:
    language = "en" if locale == "en" else "fr"
    words = render_to_string(f"rights/texts/{name}_{language}.txt", context)
    return " ".join(words.split(" ")).replace("\n", " ").strip()
