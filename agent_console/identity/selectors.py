"""What belongs to a person: cases, contacts, points."""

import uuid
from dataclasses import dataclass

from agent_console.citizens.addresses import NUMBER_KINDS
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ContactLink, ContactPoint, Resident
from agent_console.citizens.selectors import residents_same
from agent_console.citizens.services import contact_address
from agent_console.collectors.models import Card, CardChange, CardChangeKind
from agent_console.collectors.selectors import cards_of
from agent_console.pickups.models import Booking
from agent_console.reports.models import Report
from agent_console.wallet.http import WalletError, WalletUnknown
from agent_console.wallet.wallets import WalletView, wallet_get

SHOWN = 50
_END_SHOWN = 2


@dataclass(frozen=True)
class ShownContact:
    """A contact as its owner recognises it, and nobody else learns it: its last two digits."""

    link: ContactLink
    name: str


@dataclass(frozen=True)
class Points:
    """A person's points; ``is_away``: the wallet does not answer now."""

    wallet: WalletView | None
    is_away: bool = False


def reports_of(*, resident_id: uuid.UUID) -> list[Report]:
    """The person's reports, newest first."""
    same = residents_same(resident_id=resident_id)
    found = Report.objects.filter(resident__in=same).select_related("category", "commune")
    return list(found.order_by("-created_at")[:SHOWN])


def pickups_of(*, resident_id: uuid.UUID) -> list[Booking]:
    """The person's bulky-waste pickups, the latest day first."""
    same = residents_same(resident_id=resident_id)
    found = Booking.objects.filter(resident__in=same).select_related("slot")
    return list(found.order_by("-slot__day", "-created_at")[:SHOWN])


@dataclass(frozen=True)
class ShownCard:
    """A card of a glass collector, by its last four characters, with its links and their ends."""

    card: Card
    changes: list[CardChange]

    @property
    def linked(self) -> CardChange | None:
        """The link that holds now; none on a card that was linked before links were kept."""
        last = self.changes[-1] if self.changes else None
        return last if last is not None and last.kind == CardChangeKind.LINKED else None

    @property
    def ended(self) -> CardChange | None:
        """How it ended."""
        last = self.changes[-1] if self.changes else None
        return last if last is not None and last.kind == CardChangeKind.UNLINKED else None


def cards_shown(*, resident_id: uuid.UUID) -> list[ShownCard]:
    """The person's cards now."""
    return _with_changes(list(cards_of(resident_id=resident_id)), resident_id)


def cards_before(*, resident_id: uuid.UUID) -> list[ShownCard]:
    """Cards that were the person's."""
    same = residents_same(resident_id=resident_id)
    ended = Card.objects.filter(changes__resident__in=same).exclude(resident__in=same)
    return _with_changes(list(ended.distinct().order_by("pk")), resident_id)


def _with_changes(cards: list[Card], resident_id: uuid.UUID) -> list[ShownCard]:
    changes = CardChange.objects.filter(
        card__in=cards, resident__in=residents_same(resident_id=resident_id)
    ).select_related("actor")
    return [ShownCard(card, [one for one in changes if one.card_id == card.pk]) for card in cards]


def points_of(*, resident: Resident) -> Points:
    """The person's points; nothing when they have no wallet yet."""
    if resident.wallet_id is None:
        return Points(None)
    try:
        return Points(wallet_get(resident.wallet_id))
    except WalletUnknown:
        return Points(None)
    except WalletError:
        return Points(None, is_away=True)


def shown_contact(link: ContactLink) -> ShownContact:
    """The contact with the end of its number: enough to know which one it is."""
    return ShownContact(link, contact_name(link.contact_point))


def contact_name(contact_point: ContactPoint) -> str:
    """ "SMS … 78", "Site web"."""
    kind = contact_point.get_kind_display()
    if contact_point.kind not in NUMBER_KINDS:
        return kind
    try:
        address = contact_address(contact_point) or ""
    except AddressInvalid:
        return kind
    return f"{kind} … {address[-_END_SHOWN:]}" if address else kind
