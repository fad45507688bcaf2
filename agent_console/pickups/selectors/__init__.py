"""Reads of pickups, one file per subject."""
