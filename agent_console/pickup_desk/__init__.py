"""Screens of the pickups: planning, booking for a caller, settings, the crew's list, the label."""
