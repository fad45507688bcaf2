"""Supervisors prepare, open, close and publish consultations, and read residents' proposals."""
