"""Supervisors' pages: imports and sorting rules."""
