"""Who brings one-time codes to a contact: one courier per kind, registered by its channel."""

from typing import Protocol

from .models import ChannelCode, ContactPoint


class CourierUnavailable(Exception):
    """The code could not be handed over now; the same code may be tried again.

    Also what ``courier_for`` raises for a kind that no channel brings codes to.
    """


class CodeCourier(Protocol):
    """A way to tell a code to whoever holds a contact point; registered at start.

    ``send`` runs in a worker's job, outside a transaction.  ``code`` is six digits, spaced or
    spoken as the channel needs, and stands in no log line and no job argument.  ``locale`` is
    ``fr`` or ``en``.  Raises ``CourierUnavailable`` when nothing was handed over.
    """

    kind: ChannelCode

    def send(self, *, contact_point: ContactPoint, code: str, locale: str) -> None: ...


_COURIERS: dict[str, CodeCourier] = {}


def register_courier(courier: CodeCourier) -> None:
    """From now on ``courier`` brings the codes of its kind of contact (``AppConfig.ready``)."""
    _COURIERS[str(courier.kind)] = courier


def courier_for(kind: str) -> CodeCourier:
    """The courier of a kind of contact; raises ``CourierUnavailable`` when there is none."""
    courier = _COURIERS.get(kind)
    if courier is None:
        raise CourierUnavailable(kind)
    return courier


def has_courier(kind: str) -> bool:
    """Whether codes can be brought to contacts of this kind at all."""
    return kind in _COURIERS
