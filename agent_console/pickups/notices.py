"""What citizens are told about their pickup when it was not their own act."""

from django.template.loader import render_to_string

from agent_console.conversations.services import notice_send

from .addresses import label_address
from .models import Booking


def tell(booking: Booking, name: str, *, reason: str = "") -> bool:
    """Send the notice ``name`` into the booking's conversation; False when there is none.

    Called inside the transaction of what it tells about.  The cause names the step's place in the
    history, so each act is told once and no act is told twice.
    """
    if booking.conversation is None:
        return False
    number = booking.steps.count()
    notice_send(
        conversation_id=booking.conversation.id,
        cause=f"pickup:{booking.id}:{name}:{number}",
        text=text_of(booking, name, locale=booking.conversation.locale, reason=reason),
    )
    return True


def text_of(booking: Booking, name: str, *, locale: str, reason: str = "") -> str:
    """The text of a notice; English for an English conversation, French else."""
    language = "en" if locale.startswith("en") else "fr"
    return render_to_string(
        f"pickups/notices/{name}_{language}.txt",
        {"booking": booking, "reason": reason, "address": label_address(booking)},
    ).strip()


def tell_evening(booking: Booking) -> bool:
    """Ask whether the objects will be out tomorrow; once per day of pickup."""
    if booking.conversation is None:
        return False
    notice_send(
        conversation_id=booking.conversation.id,
        cause=f"pickup:{booking.id}:evening:{booking.slot.day.isoformat()}",
        text=text_of(booking, "evening", locale=booking.conversation.locale),
    )
    return True
