"""Signalements (Open311: service requests): taxonomy, intake, workflow, their reward."""
