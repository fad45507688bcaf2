"""Screens of the pickups, one file per subject."""
