"""What is set up (sectors, rules, items), what can be booked (slots), and what was (bookings)."""

from .bookings import Booking, BookingItem, BookingStep, Reminder
from .settings import CommuneRule, Item, Sector, SectorCommune, SettingChange
from .slots import CapacityUnit, Pattern, Slot, Window

__all__ = [
    "Booking",
    "BookingItem",
    "BookingStep",
    "CapacityUnit",
    "CommuneRule",
    "Item",
    "Pattern",
    "Reminder",
    "Sector",
    "SectorCommune",
    "SettingChange",
    "Slot",
    "Window",
]
