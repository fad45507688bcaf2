"""Supervisors' pages, one file per topic."""
