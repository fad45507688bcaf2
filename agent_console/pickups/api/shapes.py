"""From rows to what the API gives."""

from collections.abc import Sequence

from ..addresses import label_address
from ..matching import Match, Status
from ..models import Booking, Item, Reminder, Slot, Window
from ..selectors.settings import Coverage
from ..templatetags.pickup_text import day_en, day_fr, window_en
from ..workflow import State
from .schemas import (
    BookedLineOut,
    BookingOut,
    CoverageOut,
    ItemOut,
    ItemsOut,
    Locale,
    RuleOut,
    SaidOut,
    SlotOut,
)


def slot_label(slot: Slot, locale: str) -> str:
    """``lundi 30 novembre 2026, le matin (8 h – 12 h)``."""
    if locale == Locale.EN:
        return f"{day_en(slot.day)}, {window_en(slot.window)}"
    return f"{day_fr(slot.day)}, {slot.get_window_display()}"


def slot_out(slot: Slot, locale: str) -> SlotOut:
    return SlotOut(
        id=slot.pk, day=slot.day, window=Window(slot.window), label=slot_label(slot, locale)
    )


def items_out(said: Sequence[tuple[Match, Item | None, list[Item]]], locale: str) -> ItemsOut:
    taken = [(match, item) for match, item, _ in said if item and match.status is Status.ACCEPTED]
    return ItemsOut(
        items=[
            SaidOut(
                said=match.said,
                count=match.count,
                status=match.status,
                is_guess=match.is_guess,
                item=_item(item, locale) if item else None,
                instead=item.instead(locale) if item else "",
                alternatives=[_item(other, locale) for other in near],
            )
            for match, item, near in said
        ],
        objects=sum(match.count for match, _ in taken),
        litres=sum(match.count * (item.litres or 0) for match, item in taken),
    )


def coverage_out(coverage: Coverage) -> CoverageOut:
    sector, rule = coverage.sector, coverage.rule
    return CoverageOut(
        insee=coverage.commune.insee,
        commune=coverage.commune.name,
        sector=sector.name,
        served=sector.is_served,
        operator=sector.operator_name,
        operator_phone=sector.operator_phone,
        rule=RuleOut(
            max_objects=rule.max_objects,
            max_litres=rule.max_litres,
            lead_days=rule.lead_days,
            ahead_days=rule.ahead_days,
            max_bookings=rule.max_bookings,
            period_days=rule.period_days,
        )
        if sector.is_served
        else None,
        is_confirmed=coverage.is_confirmed,
    )


def booking_out(booking: Booking, locale: str) -> BookingOut:
    return BookingOut(
        reference=booking.reference_display,
        state=State(booking.state),
        state_label=State(booking.state).label,
        reminder=Reminder(booking.reminder),
        day=booking.slot.day,
        window=Window(booking.slot.window),
        slot=booking.slot_id,
        slot_label=slot_label(booking.slot, locale),
        place_label=booking.place_label,
        place=booking.place,
        items=[
            BookedLineOut(
                code=row.item_id,
                label=row.item.label(locale),
                count=row.count,
                litres=row.count * row.litres_each,
            )
            for row in booking.items.all()
        ],
        objects=booking.objects_count,
        litres=booking.litres,
        label_url=label_address(booking),
    )


def _item(item: Item, locale: str) -> ItemOut:
    return ItemOut(code=item.code, label=item.label(locale), litres=item.litres)
