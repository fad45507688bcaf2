"""Supervisors: importing facilities, changing sorting rules."""
